#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int cspawn_start(
    const char *path, char *const argv[], char *const envp[], const void *mask, int death_signal)
{
    // Closed by a successful exec; carries errno after a failed one.
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return -errno;

    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0) {
        int error = errno;
        close(report[0]);
        close(report[1]);
        return -error;
    }
    if (child == 0) {
        // The caller may have threads: only what is async-signal-safe from here on.
        signal(SIGPIPE, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, death_signal);
        // The caller may have gone before the line above.
        if (getppid() != parent)
            _exit(127);
        sigprocmask(SIG_SETMASK, mask, NULL);
        execve(path, argv, envp);
        int error = errno;
        ssize_t ignored = write(report[1], &error, sizeof error);
        (void)ignored;
        _exit(127);
    }

    close(report[1]);
    int error = 0;
    ssize_t count;
    do
        count = read(report[0], &error, sizeof error);
    while (count < 0 && errno == EINTR);
    close(report[0]);
    if (count <= 0)
        return child;
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return -error;
}
