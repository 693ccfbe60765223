// GMP: numbers of many limbs. Its public names are macros, which Swift does not import; here they are functions, prefixed `cgmp`.
//
// Secrets go through functions of the `sec` kind alone, and through `addmul_1`, `add_n` and `sub_n`, whose time depends on the
// number of limbs and on nothing else. GMP's own documentation says so of the former ("Low-level functions for cryptography"); the latter
// are what the former are made of.
#include <gmp.h>

static inline mp_limb_t cgmp_add_n(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, mp_size_t n) { return mpn_add_n(r, a, b, n); }
static inline mp_limb_t cgmp_sub_n(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, mp_size_t n) { return mpn_sub_n(r, a, b, n); }
static inline int cgmp_cmp(const mp_limb_t *a, const mp_limb_t *b, mp_size_t n) { return mpn_cmp(a, b, n); }
static inline void cgmp_mul_n(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, mp_size_t n) { mpn_mul_n(r, a, b, n); }
static inline void cgmp_sqr(mp_limb_t *r, const mp_limb_t *a, mp_size_t n) { mpn_sqr(r, a, n); }

// The remainder r[dn] of a[an] by d[dn], in variable time. q has room for an - dn + 1 limbs.
static inline void cgmp_tdiv_qr(
    mp_limb_t *q, mp_limb_t *r, const mp_limb_t *a, mp_size_t an, const mp_limb_t *d, mp_size_t dn) {
    mpn_tdiv_qr(q, r, 0, a, an, d, dn);
}

// In time that depends on the numbers of limbs alone. Scratch: the matching `itch`.
static inline mp_size_t cgmp_sec_mul_itch(mp_size_t an, mp_size_t bn) { return mpn_sec_mul_itch(an, bn); }
static inline void cgmp_sec_mul(
    mp_limb_t *r, const mp_limb_t *a, mp_size_t an, const mp_limb_t *b, mp_size_t bn, mp_limb_t *scratch) {
    mpn_sec_mul(r, a, an, b, bn, scratch);
}
static inline mp_size_t cgmp_sec_sqr_itch(mp_size_t n) { return mpn_sec_sqr_itch(n); }
static inline void cgmp_sec_sqr(mp_limb_t *r, const mp_limb_t *a, mp_size_t n, mp_limb_t *scratch) { mpn_sec_sqr(r, a, n, scratch); }
static inline mp_size_t cgmp_sec_div_r_itch(mp_size_t an, mp_size_t dn) { return mpn_sec_div_r_itch(an, dn); }
static inline void cgmp_sec_div_r(mp_limb_t *a, mp_size_t an, const mp_limb_t *d, mp_size_t dn, mp_limb_t *scratch) {
    mpn_sec_div_r(a, an, d, dn, scratch);
}
static inline mp_size_t cgmp_sec_invert_itch(mp_size_t n) { return mpn_sec_invert_itch(n); }
// Overwrites a. 0 if there is no inverse.
static inline int cgmp_sec_invert(mp_limb_t *r, mp_limb_t *a, const mp_limb_t *m, mp_size_t n, mp_bitcnt_t bits, mp_limb_t *scratch) {
    return mpn_sec_invert(r, a, m, n, bits, scratch);
}

// Whole numbers of any size, for what is public.
static inline void cgmp_init(mpz_ptr x) { mpz_init(x); }
static inline void cgmp_clear(mpz_ptr x) { mpz_clear(x); }
static inline void cgmp_set_limbs(mpz_ptr x, const mp_limb_t *limbs, mp_size_t n) {
    mpz_import(x, (size_t)n, -1, sizeof(mp_limb_t), 0, 0, limbs);
}
// Writes exactly n limbs, zeroes above the number; 0 if it needs more.
static inline int cgmp_get_limbs(mp_limb_t *limbs, mp_size_t n, mpz_srcptr x) {
    mp_size_t size = (mp_size_t)mpz_size(x);
    if (size > n) return 0;
    for (mp_size_t i = 0; i < n; i++) limbs[i] = i < size ? mpz_getlimbn(x, i) : 0;
    return 1;
}
static inline int cgmp_invert(mpz_ptr r, mpz_srcptr a, mpz_srcptr m) { return mpz_invert(r, a, m); }
static inline void cgmp_powm(mpz_ptr r, mpz_srcptr b, mpz_srcptr e, mpz_srcptr m) { mpz_powm(r, b, e, m); }
// The peer of a benchmark: it derives its time from how many limbs the exponent has.
static inline void cgmp_powm_sec(mpz_ptr r, mpz_srcptr b, mpz_srcptr e, mpz_srcptr m) { mpz_powm_sec(r, b, e, m); }
// 2 for a prime, 1 for what is one with a chance of error below 4^-rounds (GMP 6.2 runs BPSW first), 0 for a composite.
static inline int cgmp_probab_prime_p(mpz_srcptr x, int rounds) { return mpz_probab_prime_p(x, rounds); }
static inline void cgmp_mul(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { mpz_mul(r, a, b); }
static inline void cgmp_mul_ui(mpz_ptr r, mpz_srcptr a, unsigned long b) { mpz_mul_ui(r, a, b); }
static inline void cgmp_add_ui(mpz_ptr r, mpz_srcptr a, unsigned long b) { mpz_add_ui(r, a, b); }
static inline void cgmp_sub_ui(mpz_ptr r, mpz_srcptr a, unsigned long b) { mpz_sub_ui(r, a, b); }
static inline int cgmp_cmp_ui(mpz_srcptr a, unsigned long b) { return mpz_cmp_ui(a, b); }
static inline void cgmp_tdiv_q(mpz_ptr r, mpz_srcptr a, mpz_srcptr b) { mpz_tdiv_q(r, a, b); }
static inline void cgmp_setbit(mpz_ptr x, unsigned long bit) { mpz_setbit(x, bit); }
static inline unsigned long cgmp_mod_ui(mpz_srcptr a, unsigned long b) { return mpz_fdiv_ui(a, b); }

#include "montgomery.h"
#include "order.h"
