#include "CGcrypt.h"

#include <gcrypt.h>

int broker_gcrypt_start(void) {
    if (!gcry_check_version(GCRYPT_VERSION)) return 0;
    // No secret of the broker's needs memory that is never swapped out.
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return 1;
}

void broker_sha256(const void *bytes, size_t count, unsigned char digest[32]) {
    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, bytes, count);
}
