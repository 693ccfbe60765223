// Reading one entry of a table without telling which: all entries are read, and what is not wanted is masked away.
#include "CConstantTime.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The empty statement keeps the compiler from knowing that it is one of two values, out of which it could make a branch.
ct_word ct_equal_mask(ct_word a, ct_word b) {
    const ct_word difference = a ^ b;
    ct_word mask = ((difference | (0 - difference)) >> 63) - 1;
    __asm__("" : "+r"(mask));
    return mask;
}

static void ct_scan_plain(ct_word *r, const ct_word *table, size_t entries, size_t words, ct_word index) {
    for (size_t w = 0; w < words; w++) r[w] = 0;
    for (size_t e = 0; e < entries; e++) {
        const ct_word mask = ct_equal_mask((ct_word)e, index);
        const ct_word *entry = table + e * words;
        for (size_t w = 0; w < words; w++) r[w] |= entry[w] & mask;
    }
}

#if defined(__x86_64__)
// The same, sixteen words of every entry at a time. Written with intrinsics, which the compiler does not turn into branches.
__attribute__((target("avx2"))) static void ct_scan_avx2(
    ct_word *r, const ct_word *table, size_t entries, size_t words, ct_word index) {
    const __m256i wanted = _mm256_set1_epi64x((long long)index), one = _mm256_set1_epi64x(1);
    for (size_t w = 0; w < words; w += 16) {
        __m256i sum[4], number = _mm256_setzero_si256();
        for (int j = 0; j < 4; j++) sum[j] = _mm256_setzero_si256();
        for (size_t e = 0; e < entries; e++) {
            const __m256i mask = _mm256_cmpeq_epi64(number, wanted);
            const __m256i *entry = (const __m256i *)(table + e * words + w);
            for (int j = 0; j < 4; j++) sum[j] = _mm256_or_si256(sum[j], _mm256_and_si256(mask, _mm256_loadu_si256(entry + j)));
            number = _mm256_add_epi64(number, one);
        }
        for (int j = 0; j < 4; j++) _mm256_storeu_si256((__m256i *)(r + w) + j, sum[j]);
    }
}
__attribute__((target("avx512f"))) static void ct_scan_avx512(
    ct_word *r, const ct_word *table, size_t entries, size_t words, ct_word index) {
    const __m512i one = _mm512_set1_epi64(1), zero = _mm512_setzero_si512();
    for (size_t w = 0; w < words; w += 16) {
        __m512i low = zero, high = zero, difference = _mm512_set1_epi64((long long)index);
        for (size_t e = 0; e < entries; e++) {
            // A whole vector of ones or zeroes, and loads that no mask register governs: a load under a mask of zeroes may not happen.
            const __m512i mask = _mm512_maskz_set1_epi64(_mm512_testn_epi64_mask(difference, difference), -1);
            const ct_word *entry = table + e * words + w;
            low = _mm512_ternarylogic_epi64(low, mask, _mm512_loadu_si512(entry), 0xf8);
            high = _mm512_ternarylogic_epi64(high, mask, _mm512_loadu_si512(entry + 8), 0xf8);
            difference = _mm512_sub_epi64(difference, one);
        }
        _mm512_storeu_si512(r + w, low);
        _mm512_storeu_si512(r + w + 8, high);
    }
}
#endif

void ct_scan(ct_word *r, const ct_word *table, size_t entries, size_t words, ct_word index) {
#if defined(__x86_64__)
    if (words % 16 == 0 && __builtin_cpu_supports("avx512f")) return ct_scan_avx512(r, table, entries, words, index);
    if (words % 16 == 0 && __builtin_cpu_supports("avx2")) return ct_scan_avx2(r, table, entries, words, index);
#endif
    ct_scan_plain(r, table, entries, words, index);
}

ct_word ct_comb_digit(const ct_word *exponent, size_t limbs, size_t column, size_t spacing, size_t teeth) {
    ct_word digit = 0;
    for (size_t tooth = 0; tooth < teeth; tooth++) {
        const size_t bit = column + spacing * tooth;
        if (bit < limbs * 64) digit |= ((exponent[bit / 64] >> (bit % 64)) & 1) << tooth;
    }
    return digit;
}

// The borrow of a - b, turned round.
ct_word ct_at_least(ct_word a, ct_word b) {
    ct_word borrow = ((~a & b) | ((~a | b) & (a - b))) >> 63;
    __asm__("" : "+r"(borrow));
    return borrow ^ 1;
}

void ct_select(ct_word *r, const ct_word *a, const ct_word *b, size_t words, ct_word bit) {
    const ct_word mask = ct_equal_mask(bit, 1);
    for (size_t w = 0; w < words; w++) r[w] = (a[w] & ~mask) | (b[w] & mask);
}
