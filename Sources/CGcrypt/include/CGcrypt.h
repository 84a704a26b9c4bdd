#pragma once
#include <stddef.h>

// Of libgcrypt, only this: its own header brings those of sockets along, and with them another view
// of their constants into every Swift module.

/// Prepares the library, once, before anything else. Returns 0 for a library that is too old.
int broker_gcrypt_start(void);

/// SHA-256 of `count` bytes.
void broker_sha256(const void *bytes, size_t count, unsigned char digest[32]);
