// libsodium: secret memory, Ed25519, X25519, ChaCha20-Poly1305, scrypt, Argon2id, key derivation, randomness.
#include <sodium.h>
