// Tree grows an RFC 6962 tree with Go's tlog: the peer of Benchmarks/TreeContest.swift.
//
//	tree LEAVES BATCH SIZE
//
// It prints the version of Go. Then, for every line it reads, it appends all leaves to an empty tree, computes the root after each
// batch, and prints the nanoseconds its thread spent and the last root. Hashes are kept in memory, in room allocated once.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// stored keeps hashes by their index, as tlog.StoredHashIndex counts.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

func main() {
	// So that what is measured is the work itself, and not the collector on another thread.
	runtime.LockOSThread()
	count, batch, size := argument(1), argument(2), argument(3)
	leaves := make([][]byte, count)
	for i := range leaves {
		leaves[i] = make([]byte, size)
		binary.BigEndian.PutUint64(leaves[i], uint64(i))
	}
	hashes := make(stored, 0, 2*count)
	fmt.Println(runtime.Version())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		start := threadTime()
		root := grow(leaves, hashes, batch)
		fmt.Println((threadTime() - start).Nanoseconds(), hex.EncodeToString(root[:]))
	}
}

func grow(leaves [][]byte, hashes stored, batch int) (root tlog.Hash) {
	for i, leaf := range leaves {
		added, err := tlog.StoredHashes(int64(i), leaf, hashes)
		if err != nil {
			panic(err)
		}
		hashes = append(hashes, added...)
		if (i+1)%batch == 0 {
			if root, err = tlog.TreeHash(int64(i+1), hashes); err != nil {
				panic(err)
			}
		}
	}
	return root
}

func threadTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var usage syscall.Rusage
	if err := syscall.Getrusage(thread, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func argument(number int) int {
	value, err := strconv.Atoi(os.Args[number])
	if err != nil {
		panic(err)
	}
	return value
}
