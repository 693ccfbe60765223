// Arithmetic modulo a number q of four limbs whose highest bit is set, on operands below q.
#include <gmp.h>

// r = a + b mod q and r = a - b mod q, in the same time for all operands. t: 8 limbs.
static inline void cgmp_order_sec_add(
    mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, const mp_limb_t *q, mp_limb_t *t) {
    const mp_limb_t carry = mpn_add_n(t, a, b, 4);
    const mp_limb_t borrow = mpn_sub_n(t + 4, t, q, 4);
    mp_limb_t keep = 0 - (borrow & (carry ^ 1));
    __asm__("" : "+r"(keep));
    for (int i = 0; i < 4; i++) r[i] = (t[i] & keep) | (t[4 + i] & ~keep);
}
static inline void cgmp_order_sec_sub(
    mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, const mp_limb_t *q, mp_limb_t *t) {
    mp_limb_t mask = 0 - mpn_sub_n(t, a, b, 4);
    __asm__("" : "+r"(mask));
    for (int i = 0; i < 4; i++) t[4 + i] = q[i] & mask;
    mpn_add_n(r, t, t + 4, 4);
}

// r = t mod q for a t of n limbs, which is overwritten; behind it lie mpn_sec_div_r_itch(n, 4) limbs of scratch.
static inline void cgmp_order_sec_reduce(mp_limb_t *r, mp_limb_t *t, mp_size_t n, const mp_limb_t *q) {
    mpn_sec_div_r(t, n, q, 4, t + n);
    for (int i = 0; i < 4; i++) r[i] = t[i];
}
// r = a b mod q. t: 8 limbs and the larger itch of the two steps.
static inline void cgmp_order_sec_mul(
    mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, const mp_limb_t *q, mp_limb_t *t) {
    mpn_sec_mul(t, a, 4, b, 4, t + 8);
    cgmp_order_sec_reduce(r, t, 8, q);
}
static inline mp_size_t cgmp_order_sec_itch(void) {
    const mp_size_t product = mpn_sec_mul_itch(4, 4), remainder = mpn_sec_div_r_itch(8, 4);
    return 8 + (product > remainder ? product : remainder);
}

// The same for what is public.
static inline void cgmp_order_add(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, const mp_limb_t *q) {
    mp_limb_t t[8];
    cgmp_order_sec_add(r, a, b, q, t);
}
static inline void cgmp_order_sub(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, const mp_limb_t *q) {
    mp_limb_t t[8];
    cgmp_order_sec_sub(r, a, b, q, t);
}
static inline void cgmp_order_mul(mp_limb_t *r, const mp_limb_t *a, const mp_limb_t *b, const mp_limb_t *q) {
    mp_limb_t product[8], quotient[5];
    mpn_mul_n(product, a, b, 4);
    mpn_tdiv_qr(quotient, r, 0, product, 8, q, 4);
}
