#ifndef CSPAWN_H
#define CSPAWN_H

// No system header here: Swift would take its types for this module's.

/// Starts the program at `path`, never through a shell, and returns its process id; a negative
/// errno when it cannot be run.
///
/// The child gets `mask`, a sigset_t, as its signal mask and SIGPIPE's default action back. It is sent
/// `death_signal` by the kernel when the calling thread ends, so that nothing outlives a caller that
/// was killed. posix_spawn cannot do this, and fork is not available in Swift.
int cspawn_start(
    const char *path, char *const argv[], char *const envp[], const void *mask, int death_signal);

#endif
