// What Linux offers and the Glibc module does not export.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// fork(2). Swift's overlay marks it unavailable because a forked multithreaded process is unsafe;
/// callers prove that they are single-threaded.
static inline pid_t plumb_fork(void) { return fork(); }
/// Variadic prctl(2), for PR_SET_PDEATHSIG.
static inline int plumb_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }
/// Variadic prctl(2), for PR_SET_NAME: what tools show of the calling thread, at most 15 bytes.
static inline void plumb_name_thread(const char *name) { prctl(PR_SET_NAME, name); }
/// WIFSIGNALED and its kin are macros that Swift does not import.
static inline int plumb_exited(int status) { return WIFEXITED(status); }
static inline int plumb_exit_status(int status) { return WEXITSTATUS(status); }
static inline int plumb_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
/// pipe2(2) and F_SETPIPE_SZ of fcntl(2) want _GNU_SOURCE, with which this header clashes with Glibc's.
extern int pipe2(int ends[2], int flags);
static inline int plumb_pipe(int ends[2]) { return pipe2(ends, 02000000 /* O_CLOEXEC */); }
static inline int plumb_widen_pipe(int end, int bytes) { return fcntl(end, 1031 /* F_SETPIPE_SZ */, bytes); }

/// More GNU extensions, declared here for the same reason.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int memfd_create(const char *name, unsigned int flags);
static inline int plumb_spawn_close_from(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}
static inline int plumb_spawn_change_folder(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}
/// A file in memory, closed by exec.
static inline int plumb_memory_file(const char *name) { return memfd_create(name, 1 /* MFD_CLOEXEC */); }
/// The bytes of blocks so large that the allocator maps each by itself; 32 MiB and more always are.
static inline unsigned long plumb_mapped_bytes(void) { return mallinfo2().hblkhd; }
/// How many processors the process may run on; 0 where the system does not say. sched_getaffinity(2) as the kernel has
/// it, since its wrapper is another GNU extension.
static inline int plumb_processors(void) {
    unsigned long set[1024] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
    int count = 0;
    for (long i = 0; i < bytes / (long)sizeof set[0]; i++) count += __builtin_popcountl(set[i]);
    return count;
}
