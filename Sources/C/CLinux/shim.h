// What Linux offers and the Glibc module does not export.
#pragma once
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/// fork(2). Swift's overlay marks it unavailable because a forked multithreaded process is unsafe;
/// callers prove that they are single-threaded.
static inline pid_t plumb_fork(void) { return fork(); }
/// Variadic prctl(2), for PR_SET_PDEATHSIG.
static inline int plumb_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }
/// WIFSIGNALED and its kin are macros that Swift does not import.
static inline int plumb_exited(int status) { return WIFEXITED(status); }
static inline int plumb_exit_status(int status) { return WEXITSTATUS(status); }
static inline int plumb_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
