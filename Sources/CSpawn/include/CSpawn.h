#ifndef CSPAWN_H
#define CSPAWN_H

#include <signal.h>
#include <sys/types.h>

/// Starts the program at `path`, never through a shell, and returns its process id; a negative
/// errno when it cannot be run.
///
/// The child gets `mask` as its signal mask and SIGPIPE's default action back. It is sent
/// `death_signal` by the kernel when the calling thread ends, so that nothing outlives a caller that
/// was killed. posix_spawn cannot do this, and fork is not available in Swift.
pid_t cspawn_start(
    const char *path, char *const argv[], char *const envp[], const sigset_t *mask,
    int death_signal);

#endif
