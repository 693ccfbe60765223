// Notecheck verifies what our ledger writes with Go's own implementation of signed notes and Merkle proofs.
//
//	notecheck checkpoint VKEY FILE        the log's signature
//	notecheck receipt VKEY FILE ENTRY     signature and inclusion of the entry, which is the content of a file
//	notecheck inclusion FILE              a proof as JSON: index, size, leafHash, root, hashes
//	notecheck consistency FILE            a proof as JSON: from, to, oldRoot, newRoot, hashes
//
// Hashes in JSON are hexadecimal. It prints "ok" and what was verified, or says what is wrong and exits with 1.
//
// On Debian, golang-go and golang-golang-x-mod-dev build it without a network:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build notecheck.go
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	message, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "notecheck:", err)
		os.Exit(1)
	}
	fmt.Println("ok", message)
}

func run(args []string) (string, error) {
	switch {
	case len(args) == 3 && args[0] == "checkpoint":
		return checkpoint(args[1], args[2])
	case len(args) == 4 && args[0] == "receipt":
		return receipt(args[1], args[2], args[3])
	case len(args) == 2 && args[0] == "inclusion":
		return inclusion(args[1])
	case len(args) == 2 && args[0] == "consistency":
		return consistency(args[1])
	}
	return "", errors.New("usage: checkpoint VKEY FILE | receipt VKEY FILE ENTRY | inclusion FILE | consistency FILE")
}

func checkpoint(vkey, file string) (string, error) {
	signed, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	tree, err := openCheckpoint(vkey, signed)
	return fmt.Sprint(tree.N, " ", tree.Hash), err
}

// openCheckpoint verifies the log's signature. The text is split by hand: tlog.ParseTree knows the Go checksum database alone.
func openCheckpoint(vkey string, signed []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("the text is not three lines under the log's name")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func receipt(vkey, file, entryFile string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return "", err
	}
	head, signed, found := bytes.Cut(content, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("not a receipt")
	}
	if strings.HasPrefix(lines[1], "extra ") {
		lines = lines[1:]
	}
	if len(lines) < 2 || !strings.HasPrefix(lines[1], "index ") {
		return "", errors.New("no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return "", err
		}
		proof = append(proof, hash)
	}
	tree, err := openCheckpoint(vkey, signed)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(index, " of ", tree.N), tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

func inclusion(file string) (string, error) {
	var vector struct {
		Index, Size    int64
		LeafHash, Root hexHash
		Hashes         []hexHash
	}
	if err := read(file, &vector); err != nil {
		return "", err
	}
	err := tlog.CheckRecord(hashes(vector.Hashes), vector.Size, vector.Root.Hash, vector.Index, vector.LeafHash.Hash)
	return fmt.Sprint(vector.Index, " of ", vector.Size), err
}

func consistency(file string) (string, error) {
	var vector struct {
		From, To         int64
		OldRoot, NewRoot hexHash
		Hashes           []hexHash
	}
	if err := read(file, &vector); err != nil {
		return "", err
	}
	err := tlog.CheckTree(hashes(vector.Hashes), vector.To, vector.NewRoot.Hash, vector.From, vector.OldRoot.Hash)
	return fmt.Sprint(vector.From, " to ", vector.To), err
}

type hexHash struct{ tlog.Hash }

func (h *hexHash) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	decoded, err := hex.DecodeString(text)
	if err != nil || len(decoded) != tlog.HashSize {
		return errors.New("not a hash")
	}
	copy(h.Hash[:], decoded)
	return nil
}

func hashes(list []hexHash) (hashes []tlog.Hash) {
	for _, hash := range list {
		hashes = append(hashes, hash.Hash)
	}
	return hashes
}

func read(file string, vector interface{}) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(vector)
}
