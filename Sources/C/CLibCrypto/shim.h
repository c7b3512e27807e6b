#pragma once
#include <dlfcn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

// libcrypto is loaded by name when a digest is first asked for: loading it takes as long as reading many scenarios.

/// A function of libcrypto; null where the loader cannot have the library.
static inline void *lcrypto_function(const char *name) {
    static void *library;
    void *known = __atomic_load_n(&library, __ATOMIC_ACQUIRE);
    if (!known) {
        known = dlopen("libcrypto.so.3", RTLD_LAZY);
        __atomic_store_n(&library, known, __ATOMIC_RELEASE);
    }
    return known ? dlsym(known, name) : 0;
}
/// SHA-256 of some bytes; says whether libcrypto is there.
static inline int lcrypto_sha256(const unsigned char *bytes, size_t count, unsigned char *digest) {
    __typeof__(&SHA256) function = (__typeof__(&SHA256))lcrypto_function("SHA256");
    return function && function(bytes, count, digest);
}
/// HMAC-SHA-256 of some bytes; says whether libcrypto is there.
static inline int lcrypto_hmac_sha256(
    const void *key, int keyCount, const unsigned char *bytes, size_t count, unsigned char *digest) {
    __typeof__(&HMAC) function = (__typeof__(&HMAC))lcrypto_function("HMAC");
    __typeof__(&EVP_sha256) algorithm = (__typeof__(&EVP_sha256))lcrypto_function("EVP_sha256");
    return function && algorithm && function(algorithm(), key, keyCount, bytes, count, digest, 0);
}
