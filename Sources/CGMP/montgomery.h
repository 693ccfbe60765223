// Multiplication modulo an odd number of n limbs, in the representation of Montgomery (1985) with R = 2^(64 n).
#include <gmp.h>

typedef struct {
    const mp_limb_t *limbs;
    mp_size_t count;
    // -1 / modulus mod 2^64
    mp_limb_t negatedInverse;
} cgmp_modulus;

// r = t / R mod m, below m if t < R m. Overwrites t, which has 2 n limbs. Every step is done whatever the numbers are.
static inline void cgmp_redc(mp_limb_t *r, mp_limb_t *t, cgmp_modulus m) {
    const mp_size_t n = m.count;
    for (mp_size_t i = 0; i < n; i++) t[i] = mpn_addmul_1(t + i, m.limbs, n, t[i] * m.negatedInverse);
    const mp_limb_t carry = mpn_add_n(r, t + n, t, n);
    const mp_limb_t borrow = mpn_sub_n(t, r, m.limbs, n);
    // The difference counts if the sum had one limb more, or was not below m.
    mp_limb_t keep = 0 - (borrow & (carry ^ 1));
    __asm__("" : "+r"(keep));
    for (mp_size_t i = 0; i < n; i++) r[i] = (r[i] & keep) | (t[i] & ~keep);
}

// In variable time. t: 2 n limbs.
static inline void cgmp_mont_mul(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, cgmp_modulus m, mp_limb_t *t) {
    mpn_mul_n(t, a, b, m.count);
    cgmp_redc(r, t, m);
}
static inline void cgmp_mont_sqr(mp_limb_t *r, const mp_limb_t *a, cgmp_modulus m, mp_limb_t *t) {
    mpn_sqr(t, a, m.count);
    cgmp_redc(r, t, m);
}

// In time that depends on n alone: `mpn_mul_n` takes other ways for other numbers at these sizes. t: 2 n limbs and the itch of both.
static inline void cgmp_mont_sec_mul(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, cgmp_modulus m, mp_limb_t *t) {
    mpn_sec_mul(t, a, m.count, b, m.count, t + 2 * m.count);
    cgmp_redc(r, t, m);
}
static inline void cgmp_mont_sec_sqr(mp_limb_t *r, const mp_limb_t *a, cgmp_modulus m, mp_limb_t *t) {
    mpn_sec_sqr(t, a, m.count, t + 2 * m.count);
    cgmp_redc(r, t, m);
}
