// libcurl's functions, passed on to the library once it is loaded.
//
// With the thirty libraries that libcurl brings it takes longer to load than all else of a start, and most commands
// speak to nobody. So nothing is linked against it: it is loaded by name, by whoever is about to use it. Foundation's
// networking, which comes along with the sandbox's server, is served by the same functions.

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define CURL_DISABLE_TYPECHECK
// Our definitions stay inside the program: libcurl has its own.
#pragma GCC visibility push(hidden)
#include "shim.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

void *lcurl_load(void) {
    static void *library;
    void *known = __atomic_load_n(&library, __ATOMIC_ACQUIRE);
    if (!known) {
        known = dlopen("libcurl.so.4", RTLD_LAZY);
        __atomic_store_n(&library, known, __ATOMIC_RELEASE);
    }
    return known;
}

static void *find(void **address, const char *name) {
    void *known = __atomic_load_n(address, __ATOMIC_ACQUIRE);
    if (!known) {
        void *library = lcurl_load();
        known = library ? dlsym(library, name) : 0;
        if (!known) {
            // As the system's loader ends a program that is linked with a library that is not there.
            fprintf(stderr, "%s\n", dlerror());
            _exit(127);
        }
        __atomic_store_n(address, known, __ATOMIC_RELEASE);
    }
    return known;
}

#define FORWARD(type, name, parameters, arguments) \
    type name parameters { \
        static void *address; \
        return ((__typeof__(&name))find(&address, #name)) arguments; \
    }
// The third argument of these is an integer or a pointer, always of the machine's word.
#define FORWARD_WORD(type, name, handle, option) \
    type name(handle, option, ...) { \
        static void *address; \
        va_list rest; \
        va_start(rest, second); \
        void *word = va_arg(rest, void *); \
        va_end(rest); \
        return ((__typeof__(&name))find(&address, #name))(first, second, word); \
    }

FORWARD(CURLcode, curl_global_init, (long flags), (flags))
FORWARD(char *, curl_version, (void), ())
FORWARD(curl_version_info_data *, curl_version_info, (CURLversion age), (age))
FORWARD(void, curl_free, (void *memory), (memory))

FORWARD(CURL *, curl_easy_init, (void), ())
FORWARD(void, curl_easy_reset, (CURL *handle), (handle))
FORWARD(void, curl_easy_cleanup, (CURL *handle), (handle))
FORWARD(CURLcode, curl_easy_pause, (CURL *handle, int directions), (handle, directions))
FORWARD(const char *, curl_easy_strerror, (CURLcode code), (code))
FORWARD_WORD(CURLcode, curl_easy_setopt, CURL *first, CURLoption second)
FORWARD_WORD(CURLcode, curl_easy_getinfo, CURL *first, CURLINFO second)

FORWARD(CURLM *, curl_multi_init, (void), ())
FORWARD(CURLMcode, curl_multi_cleanup, (CURLM *multi), (multi))
FORWARD(CURLMcode, curl_multi_add_handle, (CURLM *multi, CURL *handle), (multi, handle))
FORWARD(CURLMcode, curl_multi_remove_handle, (CURLM *multi, CURL *handle), (multi, handle))
FORWARD(CURLMcode, curl_multi_assign, (CURLM *multi, curl_socket_t socket, void *owner), (multi, socket, owner))
FORWARD(
    CURLMcode, curl_multi_socket_action, (CURLM *multi, curl_socket_t socket, int mask, int *running),
    (multi, socket, mask, running))
FORWARD(CURLMsg *, curl_multi_info_read, (CURLM *multi, int *remaining), (multi, remaining))
FORWARD_WORD(CURLMcode, curl_multi_setopt, CURLM *first, CURLMoption second)

FORWARD(struct curl_slist *, curl_slist_append, (struct curl_slist *list, const char *line), (list, line))
FORWARD(void, curl_slist_free_all, (struct curl_slist *list), (list))

FORWARD(CURLU *, curl_url, (void), ())
FORWARD(void, curl_url_cleanup, (CURLU *url), (url))
FORWARD(
    CURLUcode, curl_url_set, (CURLU *url, CURLUPart part, const char *text, unsigned flags), (url, part, text, flags))
// The first parameter is const in some versions only, so the header's own declaration is taken.
static CURLUcode url_get(CURLU *url, CURLUPart part, char **text, unsigned flags) {
    static void *address;
    return ((__typeof__(&curl_url_get))find(&address, "curl_url_get"))(url, part, text, flags);
}
extern __typeof__(curl_url_get) curl_url_get __attribute__((alias("url_get")));
