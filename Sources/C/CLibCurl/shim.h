#pragma once
#include <curl/curl.h>

/// Loads what libcurl needs for TLS, from any thread; returns why that cannot be had, or null.
///
/// Without this call it is loaded by the first function of libcurl that needs it, which ends the process where it is
/// missing.
const char *lcurl_load_tls(void);

// curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are variadic, which Swift cannot call:
// one function for each type of argument.
static inline CURLcode lcurl_setopt_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lcurl_setopt_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lcurl_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lcurl_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lcurl_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}
/// One owner for all callbacks of a transfer.
static inline void lcurl_set_callbacks(
    CURL *handle, void *owner, curl_write_callback header, curl_write_callback body, curl_read_callback read,
    curl_seek_callback seek, curl_prereq_callback prereq) {
    curl_easy_setopt(handle, CURLOPT_PRIVATE, owner);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, owner);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, owner);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(handle, CURLOPT_READDATA, owner);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, read);
    curl_easy_setopt(handle, CURLOPT_SEEKDATA, owner);
    curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek);
    curl_easy_setopt(handle, CURLOPT_PREREQDATA, owner);
    curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, prereq);
}
/// Who hears that a connection's socket was opened, and closes it.
static inline void lcurl_set_socket_callbacks(
    CURL *handle, void *owner, curl_sockopt_callback opened, curl_closesocket_callback closes) {
    curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, owner);
    curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, opened);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, owner);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, closes);
}
static inline CURLMcode lcurl_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
static inline void lcurl_multi_set_callbacks(
    CURLM *multi, void *owner, curl_socket_callback socket, curl_multi_timer_callback timer) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, owner);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, owner);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
}
static inline long lcurl_getinfo_long(CURL *handle, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}
static inline curl_off_t lcurl_getinfo_offset(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    curl_easy_getinfo(handle, info, &value);
    return value;
}
/// The socket of an open connection; -1 where there is none.
static inline int lcurl_getinfo_socket(CURL *handle) {
    curl_socket_t socket = CURL_SOCKET_BAD;
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK ? socket : -1;
}
static inline void *lcurl_getinfo_private(CURL *handle) {
    char *value = 0;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &value);
    return value;
}
static inline struct curl_certinfo *lcurl_getinfo_certificates(CURL *handle) {
    struct curl_certinfo *value = 0;
    curl_easy_getinfo(handle, CURLINFO_CERTINFO, &value);
    return value;
}
/// The result inside a CURLMSG_DONE message; the union member has a name that Swift does not offer.
static inline CURLcode lcurl_message_result(const CURLMsg *message) { return message->data.result; }

// The decompressors that libcurl itself depends on are looked up by name at run time, so that neither their
// headers nor their development packages are needed. These are their public structures.

/// z_stream of zlib 1.x.
struct lcurl_zlib_stream {
    const unsigned char *next_in;
    unsigned int avail_in;
    unsigned long total_in;
    unsigned char *next_out;
    unsigned int avail_out;
    unsigned long total_out;
    const char *msg;
    void *state;
    void *zalloc;
    void *zfree;
    void *opaque;
    int data_type;
    unsigned long adler;
    unsigned long reserved;
};
/// ZSTD_inBuffer and ZSTD_outBuffer of libzstd 1.x.
struct lcurl_zstd_input {
    const void *source;
    size_t size;
    size_t position;
};
struct lcurl_zstd_output {
    void *target;
    size_t size;
    size_t position;
};
