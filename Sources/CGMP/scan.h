// Reading one entry of a table without telling which: all entries are read, and what is not wanted is masked away.
#include <stdint.h>
#include <stddef.h>

// All ones if equal, else zero. The empty statement keeps the compiler from knowing that it is one of two values, out of which it could
// make a branch.
static inline uint64_t cgmp_equal_mask(uint64_t a, uint64_t b) {
    const uint64_t difference = a ^ b;
    uint64_t mask = ((difference | (0 - difference)) >> 63) - 1;
    __asm__("" : "+r"(mask));
    return mask;
}

// r[words] = table[index * words ...]. `words` is a multiple of 8.
static inline void cgmp_scan(uint64_t *r, const uint64_t *table, size_t entries, size_t words, uint64_t index) {
    for (size_t w = 0; w < words; w++) r[w] = 0;
    for (size_t e = 0; e < entries; e++) {
        const uint64_t mask = cgmp_equal_mask(e, index);
        const uint64_t *entry = table + e * words;
        for (size_t w = 0; w < words; w++) r[w] |= entry[w] & mask;
    }
}
