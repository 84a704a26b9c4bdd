/* Another time for one process, by LD_PRELOAD: the machine's clocks are everybody's.
 *
 * CLOCKSHIFT_PAGE=FILE  a page shared with the test, which moves the clocks in it while the process
 *                       runs: two numbers of nanoseconds, 64 bits each, of this machine's order.
 *
 * The first is added to the wall clock: the clock is set. The second is added to the wall clock and
 * to the boot-time clock: time passes while the machine sleeps. The monotonic clock, by which
 * everything waits, is left alone, as it is in both cases.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct page {
    int64_t set;   /* nanoseconds, of the wall clock */
    int64_t slept; /* nanoseconds, of both clocks */
};

static const struct page none;
static const struct page *page = &none;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("CLOCKSHIFT_PAGE");
    if (path == NULL) return;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    void *place = mmap(NULL, sizeof *page, PROT_READ, MAP_SHARED, descriptor, 0);
    if (descriptor < 0 || place == MAP_FAILED) {
        fprintf(stderr, "clockshift: %s: %s\n", path, strerror(errno));
        _exit(99);
    }
    close(descriptor);
    page = place;
}

static void add(struct timespec *time, int64_t nanoseconds)
{
    const int64_t second = 1000000000;
    int64_t sum = time->tv_nsec + nanoseconds % second;
    time->tv_sec += nanoseconds / second;
    if (sum < 0) {
        sum += second;
        time->tv_sec -= 1;
    } else if (sum >= second) {
        sum -= second;
        time->tv_sec += 1;
    }
    time->tv_nsec = sum;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (syscall(SYS_clock_gettime, clock, time) != 0) return -1;
    int64_t slept = __atomic_load_n(&page->slept, __ATOMIC_RELAXED);
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        add(time, __atomic_load_n(&page->set, __ATOMIC_RELAXED) + slept);
        break;
    case CLOCK_BOOTTIME:
        add(time, slept);
        break;
    default:
        break;
    }
    return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *place)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return (time_t)-1;
    if (place != NULL) *place = now.tv_sec;
    return now.tv_sec;
}
