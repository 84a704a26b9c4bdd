/* Faults inside the daemon, by LD_PRELOAD: the program itself has no switch that could break it.
 *
 * TORTURE_SYNCHRONOUS=NORMAL  has SQLite told "PRAGMA synchronous = NORMAL" where the program says
 *                             FULL: the control of the power-cut test.
 * TORTURE_PAGE=FILE           a page shared with the harness, which arms one failure in it.
 *
 * A failing sync behaves as Linux's does: it says EIO once, what was written since the last good
 * one is not on disk, and the next sync has nothing left to complain of. The log gets its old bytes
 * back, so whoever believes such a write, or syncs again and goes on, loses it visibly.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum failure {
    NONE = 0,
    LOG_SYNC = 1,      /* fdatasync of the write-ahead log: EIO */
    LOG_WRITE = 2,     /* pwrite to it: EIO */
    LOG_TORN = 3,      /* pwrite to it: half of it, then EIO */
    DATABASE_SYNC = 4, /* fdatasync or fsync of the database, at a checkpoint: EIO */
    DATABASE_WRITE = 5,
    TIP_WRITE = 6,     /* every pwrite to the tip, until disarmed: EIO */
};

struct page {
    volatile int32_t armed;     /* enum failure */
    volatile int32_t countdown; /* so many calls of that kind pass before */
    volatile int32_t fired;
};

struct piece {
    struct piece *next;
    off64_t at;
    size_t count;
    char bytes[];
};

static struct page *page;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct piece *unsynced;
static off64_t unsynced_size = -1;
static int torn;

static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_fdatasync)(int);
static int (*real_fsync)(int);

__attribute__((constructor)) static void begin(void)
{
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    const char *path = getenv("TORTURE_PAGE");
    if (path == NULL) return;
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    void *place = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (descriptor < 0 || place == MAP_FAILED) {
        fprintf(stderr, "torture: %s: %s\n", path, strerror(errno));
        _exit(99);
    }
    close(descriptor);
    page = place;
}

/* Whether a descriptor is of a file with that name. */
static int is_file(int descriptor, const char *name)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count < 0) return 0;
    path[count] = 0;
    const char *last = strrchr(path, '/');
    return last != NULL && strcmp(last + 1, name) == 0;
}

/* Whether this call is the one that fails. */
static int fires(enum failure kind)
{
    if (page->armed != (int32_t)kind) return 0;
    if (page->countdown > 0) {
        page->countdown--;
        return 0;
    }
    page->fired++;
    if (kind != TIP_WRITE) page->armed = NONE;
    return 1;
}

static void remember(int descriptor, size_t count, off64_t at)
{
    struct stat64 file;
    if (fstat64(descriptor, &file) != 0) return;
    if (unsynced_size < 0) unsynced_size = file.st_size;
    struct piece *piece = malloc(sizeof *piece + count);
    if (piece == NULL) abort();
    ssize_t got = pread64(descriptor, piece->bytes, count, at);
    *piece = (struct piece){.next = unsynced, .at = at, .count = got > 0 ? (size_t)got : 0};
    unsynced = piece;
}

static void forget(int descriptor, int undo)
{
    while (unsynced != NULL) {
        struct piece *piece = unsynced;
        if (undo) real_pwrite(descriptor, piece->bytes, piece->count, piece->at);
        unsynced = piece->next;
        free(piece);
    }
    if (undo && unsynced_size >= 0 && ftruncate64(descriptor, unsynced_size) != 0) abort();
    unsynced_size = -1;
}

static ssize_t write_with_faults(int descriptor, const void *bytes, size_t count, off64_t at)
{
    if (is_file(descriptor, "broker.sqlite-wal")) {
        if (torn || fires(LOG_WRITE)) {
            torn = 0;
            errno = EIO;
            return -1;
        }
        remember(descriptor, count, at);
        if (fires(LOG_TORN)) {
            torn = 1;
            count = count / 2;
        }
    } else if (is_file(descriptor, "broker.sqlite") ? fires(DATABASE_WRITE)
               : is_file(descriptor, "tip")         ? fires(TIP_WRITE)
                                                    : 0) {
        errno = EIO;
        return -1;
    }
    return real_pwrite(descriptor, bytes, count, at);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t at)
{
    if (page == NULL) return real_pwrite(descriptor, bytes, count, at);
    pthread_mutex_lock(&mutex);
    ssize_t written = write_with_faults(descriptor, bytes, count, at);
    int number = errno;
    pthread_mutex_unlock(&mutex);
    errno = number;
    return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t at)
{
    return pwrite64(descriptor, bytes, count, at);
}

static int sync_with_faults(int descriptor, int (*real)(int))
{
    if (page == NULL) return real(descriptor);
    pthread_mutex_lock(&mutex);
    int is_log = is_file(descriptor, "broker.sqlite-wal");
    int fails = is_log ? fires(LOG_SYNC)
                       : is_file(descriptor, "broker.sqlite") && fires(DATABASE_SYNC);
    int code = fails ? -1 : real(descriptor);
    int number = fails ? EIO : errno;
    if (is_log && (fails || code == 0)) forget(descriptor, fails);
    pthread_mutex_unlock(&mutex);
    errno = number;
    return code;
}

int fdatasync(int descriptor) { return sync_with_faults(descriptor, real_fdatasync); }

int fsync(int descriptor) { return sync_with_faults(descriptor, real_fsync); }

/* Statements come one by one, out of one text; the tail must point into the caller's. */
int sqlite3_prepare_v3(void *db, const char *sql, int count, unsigned flags, void **statement,
                       const char **tail)
{
    static int (*real)(void *, const char *, int, unsigned, void **, const char **);
    static const char full[] = "synchronous = FULL", normal[] = "synchronous = 1   ";
    if (real == NULL) real = dlsym(RTLD_NEXT, "sqlite3_prepare_v3");
    const char *wanted = getenv("TORTURE_SYNCHRONOUS");
    const char *found = wanted != NULL && sql != NULL ? strstr(sql, full) : NULL;
    /* A program that says so itself needs no help. */
    if (wanted != NULL && sql != NULL && strstr(sql, "synchronous = NORMAL") != NULL)
        fprintf(stderr, "torture: synchronous is NORMAL\n");
    if (found == NULL) return real(db, sql, count, flags, statement, tail);
    char *copy = strdup(sql);
    const char *end = NULL;
    memcpy(copy + (found - sql), normal, sizeof normal - 1);
    int code = real(db, copy, count, flags, statement, &end);
    if (tail != NULL) *tail = end == NULL ? NULL : sql + (end - copy);
    free(copy);
    fprintf(stderr, "torture: synchronous is NORMAL\n");
    return code;
}
