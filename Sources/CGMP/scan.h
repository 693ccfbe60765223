// Reading one entry of a table without telling which: all entries are read, and what is not wanted is masked away.
#include <gmp.h>

// All ones if equal, else zero. The empty statement keeps the compiler from knowing that it is one of two values, out of which it could
// make a branch.
static inline mp_limb_t cgmp_equal_mask(mp_limb_t a, mp_limb_t b) {
    const mp_limb_t difference = a ^ b;
    mp_limb_t mask = ((difference | (0 - difference)) >> 63) - 1;
    __asm__("" : "+r"(mask));
    return mask;
}

// r[words] = table[index * words ...]. `words` is a multiple of 8.
static inline void cgmp_scan(mp_limb_t *r, const mp_limb_t *table, mp_size_t entries, mp_size_t words, mp_limb_t index) {
    for (mp_size_t w = 0; w < words; w++) r[w] = 0;
    for (mp_size_t e = 0; e < entries; e++) {
        const mp_limb_t mask = cgmp_equal_mask((mp_limb_t)e, index);
        const mp_limb_t *entry = table + e * words;
        for (mp_size_t w = 0; w < words; w++) r[w] |= entry[w] & mask;
    }
}

// The bits column, column + spacing, ... of an exponent, which for a secret one are all that depends on it.
static inline mp_limb_t cgmp_comb_digit(const mp_limb_t *exponent, mp_size_t limbs, mp_size_t column, mp_size_t spacing, mp_size_t teeth) {
    mp_limb_t digit = 0;
    for (mp_size_t tooth = 0; tooth < teeth; tooth++) {
        const mp_size_t bit = column + spacing * tooth;
        if (bit < limbs * 64) digit |= ((exponent[bit / 64] >> (bit % 64)) & 1) << tooth;
    }
    return digit;
}

// 1 if a is at least b, else 0: the borrow of a - b, turned round.
static inline mp_limb_t cgmp_at_least(mp_limb_t a, mp_limb_t b) {
    mp_limb_t borrow = ((~a & b) | ((~a | b) & (a - b))) >> 63;
    __asm__("" : "+r"(borrow));
    return borrow ^ 1;
}

// r[words] = b if bit is 1, a if it is 0.
static inline void cgmp_select(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, mp_size_t words, mp_limb_t bit) {
    const mp_limb_t mask = cgmp_equal_mask(bit, 1);
    for (mp_size_t w = 0; w < words; w++) r[w] = (a[w] & ~mask) | (b[w] & mask);
}
