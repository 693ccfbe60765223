// What GMP has not, of what time may not tell about: multiplication by digits of 52 bits, and reading a table without telling where.
//
// A target of its own and not a header of inline functions, so that it is compiled once and alone, the same in debug and in release:
// what a disassembler shows of it is what runs. docs/constant-time.md says what was seen.
#ifndef C_CONSTANT_TIME_H
#define C_CONSTANT_TIME_H
#include <stddef.h>

// As GMP's limbs are.
typedef unsigned long ct_word;

// All ones if equal, else zero.
ct_word ct_equal_mask(ct_word a, ct_word b);
// 1 if a is at least b, else 0.
ct_word ct_at_least(ct_word a, ct_word b);
// r[words] = b if bit is 1, a if it is 0.
void ct_select(ct_word *r, const ct_word *a, const ct_word *b, size_t words, ct_word bit);
// r[words] = table[index * words ...]: every entry is read.
void ct_scan(ct_word *r, const ct_word *table, size_t entries, size_t words, ct_word index);
// The bits column, column + spacing, ... of an exponent, as many as there are teeth: which are read does not depend on it.
ct_word ct_comb_digit(const ct_word *exponent, size_t words, size_t column, size_t spacing, size_t teeth);

// Whether the processor has what the functions below need.
int ct_has_digits(void);
#define CT_DIGIT_COUNT 60
#define CT_DIGIT_WORDS 64
// A number of 48 words as digits of 52 bits.
void ct_digits_split(ct_word *digits, const ct_word *number);
// Digits of a number of at most m as 48 words, m itself as 0.
void ct_digits_join(ct_word *number, const ct_word *digits, const ct_word *modulus);
// r = a b / 2^3120 mod m, below 2 m if a and b are. `inverse` is -1 / m mod 2^52. r may be a or b.
void ct_digits_mul(ct_word *r, const ct_word *a, const ct_word *b, const ct_word *m, ct_word inverse);
#endif
