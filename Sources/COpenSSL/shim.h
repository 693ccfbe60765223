// OpenSSL: SHA-256 with the CPU's SHA extensions, and PBKDF2 for BIP-39. Curves are here for the tests alone.
// The low-level SHA256_* calls are deprecated since 3.0 in favour of EVP, which is half as fast on the 65 bytes of a tree node.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>
