// What libcurl calls, passed on to libraries that are loaded when a first function of theirs is called.
//
// libcurl itself is linked statically. As a shared library it brings thirty others, and loading them takes longer than
// all that a short run over plain HTTP has to do, which calls none of them.

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#pragma GCC visibility push(hidden)

/// A library that is loaded late.
struct late_library {
    const char *name;
    void *handle;
    /// Called once it is loaded, with its handle, before any other function of it.
    void (*ready)(void *handle);
};

/// A function of it; the code below reads the first member.
struct late_function {
    void *address;
    struct late_library *library;
    const char *name;
};

// libcurl readies these two libraries whatever it is about to do. It is done when they are there.
static uint64_t ssl_options;
static void *ssl_settings;
int OPENSSL_init_ssl(uint64_t options, void *settings) {
    ssl_options = options;
    ssl_settings = settings;
    return 1;
}
static void ready_ssl(void *handle) {
    int (*initialize)(uint64_t, void *) = (int (*)(uint64_t, void *))dlsym(handle, "OPENSSL_init_ssl");
    if (initialize) initialize(ssl_options, ssl_settings);
}
int libssh2_init(int flags) {
    (void)flags;
    return 0;
}
static void ready_ssh2(void *handle) {
    int (*initialize)(int) = (int (*)(int))dlsym(handle, "libssh2_init");
    if (initialize) initialize(0);
}

// The one value, not a function, that libcurl takes from them: the name of host-based services (RFC 2743).
struct object_identifier {
    uint32_t length;
    void *elements;
};
static struct object_identifier host_based = {10, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04"};
struct object_identifier *GSS_C_NT_HOSTBASED_SERVICE = &host_based;

static struct late_library ssl = {"libssl.so.3", 0, ready_ssl};
static struct late_library crypto = {"libcrypto.so.3", 0, 0};
static struct late_library nghttp2 = {"libnghttp2.so.14", 0, 0};
static struct late_library idn2 = {"libidn2.so.0", 0, 0};
static struct late_library psl = {"libpsl.so.5", 0, 0};
static struct late_library z = {"libz.so.1", 0, 0};
static struct late_library brotlidec = {"libbrotlidec.so.1", 0, 0};
static struct late_library zstd = {"libzstd.so.1", 0, 0};
static struct late_library ssh2 = {"libssh2.so.1", 0, ready_ssh2};
static struct late_library rtmp = {"librtmp.so.1", 0, 0};
static struct late_library ldap = {"libldap-2.5.so.0", 0, 0};
static struct late_library lber = {"liblber-2.5.so.0", 0, 0};
static struct late_library gssapi_krb5 = {"libgssapi_krb5.so.2", 0, 0};

static void *load(struct late_library *library) {
    void *known = __atomic_load_n(&library->handle, __ATOMIC_ACQUIRE);
    if (known) return known;
    // Two threads may come here at once; loading and readying twice is harmless.
    known = dlopen(library->name, RTLD_LAZY);
    if (known && library->ready) library->ready(known);
    __atomic_store_n(&library->handle, known, __ATOMIC_RELEASE);
    return known;
}

const char *lcurl_load_tls(void) {
    if (load(&ssl) && load(&crypto)) return 0;
    const char *problem = dlerror();
    return problem ? problem : "libssl.so.3 cannot be loaded";
}

/// Finds a function; the code below calls it.
void *late_find(struct late_function *function) {
    void *library = load(function->library);
    void *address = library ? dlsym(library, function->name) : 0;
    if (!address) {
        // As the system's loader ends a program that is linked with a library that is not there.
        fprintf(stderr, "%s\n", dlerror());
        _exit(127);
    }
    __atomic_store_n(&function->address, address, __ATOMIC_RELEASE);
    return address;
}

// Arguments stay where the caller put them, so one piece of code serves every function, variadic ones included.
#if defined(__x86_64__)
__asm__(
    ".pushsection .text\n"
    ".type late_resolve, @function\n"
    "late_resolve:\n"
    "  pushq %rbp\n  movq %rsp, %rbp\n  andq $-16, %rsp\n  subq $192, %rsp\n"
    "  movq %rax, 0(%rsp)\n  movq %rdi, 8(%rsp)\n  movq %rsi, 16(%rsp)\n  movq %rdx, 24(%rsp)\n"
    "  movq %rcx, 32(%rsp)\n  movq %r8, 40(%rsp)\n  movq %r9, 48(%rsp)\n"
    "  movaps %xmm0, 64(%rsp)\n  movaps %xmm1, 80(%rsp)\n  movaps %xmm2, 96(%rsp)\n  movaps %xmm3, 112(%rsp)\n"
    "  movaps %xmm4, 128(%rsp)\n  movaps %xmm5, 144(%rsp)\n  movaps %xmm6, 160(%rsp)\n  movaps %xmm7, 176(%rsp)\n"
    "  movq %r11, %rdi\n  call late_find\n  movq %rax, %r11\n"
    "  movq 0(%rsp), %rax\n  movq 8(%rsp), %rdi\n  movq 16(%rsp), %rsi\n  movq 24(%rsp), %rdx\n"
    "  movq 32(%rsp), %rcx\n  movq 40(%rsp), %r8\n  movq 48(%rsp), %r9\n"
    "  movaps 64(%rsp), %xmm0\n  movaps 80(%rsp), %xmm1\n  movaps 96(%rsp), %xmm2\n  movaps 112(%rsp), %xmm3\n"
    "  movaps 128(%rsp), %xmm4\n  movaps 144(%rsp), %xmm5\n  movaps 160(%rsp), %xmm6\n  movaps 176(%rsp), %xmm7\n"
    "  movq %rbp, %rsp\n  popq %rbp\n  jmp *%r11\n"
    ".size late_resolve, . - late_resolve\n"
    ".popsection\n");
#define CODE(name)                                      \
    "  movq late_" name "(%rip), %r11\n"                \
    "  testq %r11, %r11\n  je 1f\n  jmp *%r11\n"        \
    "1:  leaq late_" name "(%rip), %r11\n  jmp late_resolve\n"
#elif defined(__aarch64__)
__asm__(
    ".pushsection .text\n"
    ".type late_resolve, %function\n"
    "late_resolve:\n"
    "  stp x29, x30, [sp, #-224]!\n  mov x29, sp\n"
    "  stp x0, x1, [sp, #16]\n  stp x2, x3, [sp, #32]\n  stp x4, x5, [sp, #48]\n  stp x6, x7, [sp, #64]\n"
    "  str x8, [sp, #80]\n"
    "  stp q0, q1, [sp, #96]\n  stp q2, q3, [sp, #128]\n  stp q4, q5, [sp, #160]\n  stp q6, q7, [sp, #192]\n"
    "  mov x0, x16\n  bl late_find\n  mov x17, x0\n"
    "  ldp x0, x1, [sp, #16]\n  ldp x2, x3, [sp, #32]\n  ldp x4, x5, [sp, #48]\n  ldp x6, x7, [sp, #64]\n"
    "  ldr x8, [sp, #80]\n"
    "  ldp q0, q1, [sp, #96]\n  ldp q2, q3, [sp, #128]\n  ldp q4, q5, [sp, #160]\n  ldp q6, q7, [sp, #192]\n"
    "  ldp x29, x30, [sp], #224\n  br x17\n"
    ".size late_resolve, . - late_resolve\n"
    ".popsection\n");
#define CODE(name)                                                            \
    "  adrp x16, late_" name "\n  add x16, x16, :lo12:late_" name "\n"        \
    "  ldr x17, [x16]\n  cbz x17, 1f\n  br x17\n"                             \
    "1:  b late_resolve\n"
#else
#error "how a call is passed on has to be written for this processor"
#endif

#define LATE(library, name)                                                              \
    struct late_function late_##name = {0, &library, #name};                             \
    __asm__(".pushsection .text\n"                                                       \
            ".globl " #name "\n.hidden " #name "\n.type " #name ", %function\n" #name ":\n" \
            CODE(#name)                                                                  \
            ".size " #name ", . - " #name "\n.popsection\n");
#include "late.h"
