// Tries what a sandbox should forbid: probe ATTEMPT[=ARGUMENT]…
//
// Each attempt runs in a process of its own and makes one line, "ATTEMPT=ARGUMENT RESULT"; the result
// is OK, the name of an errno, or the signal that ended it. `probe @child` and `probe @root` are what
// attempts run.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// What the attempt came to: 0, or an errno.
static int outcome(long result) { return result < 0 ? errno : 0; }

// Runs this program's @child through `run`, which replaces the process or fails.
static int child(void (*run)(const char *), const char *argument) {
    // Closed by a successful exec; carries the errno of one that failed.
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return errno;
    pid_t pid = fork();
    if (pid < 0) return errno;
    if (pid == 0) {
        run(argument);
        int code = errno;
        _exit(write(ends[1], &code, sizeof code) == sizeof code ? 1 : 2);
    }
    close(ends[1]);
    int code = 0, status = 0;
    ssize_t count = read(ends[0], &code, sizeof code);
    waitpid(pid, &status, 0);
    if (count == sizeof code) return code;
    // @child ends with 0, or with the errno that it met; the loader with 127.
    return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static int copy_self(int target) {
    int source = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    char buffer[65536];
    ssize_t count;
    if (source < 0) return -1;
    while ((count = read(source, buffer, sizeof buffer)) > 0)
        if (write(target, buffer, count) != count) return -1;
    close(source);
    return (int)count;
}

// A copy of this program in a folder; NULL where it cannot be written.
static const char *copied(const char *folder) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/probe-copy", folder);
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    if (file < 0 || copy_self(file) < 0) return NULL;
    close(file);
    return path;
}

// Files

static int open_read(const char *path) { return outcome(open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)); }
static int open_write(const char *path) { return outcome(open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY)); }
static int create(const char *path) {
    unlink(path);
    return outcome(open(path, O_WRONLY | O_CREAT, 0600));
}
static int make_folder(const char *path) { return outcome(mkdir(path, 0700)); }
static int chmod_suid(const char *path) {
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    return file < 0 ? errno : outcome(fchmod(file, 04700));
}
static int create_suid(const char *path) {
    unlink(path);
    return outcome(open(path, O_WRONLY | O_CREAT, 02700));
}
// Whether others may read what is made without a thought of its mode.
static int others_read(const char *path) {
    struct stat status;
    unlink(path);
    if (open(path, O_WRONLY | O_CREAT, 0666) < 0 || stat(path, &status) < 0) return errno;
    return status.st_mode & 077 ? 0 : EACCES;
}

// Programs and code

static void exec_it(const char *path) { execl(path, path, "@child", NULL); }
static int run_file(const char *path) { return child(exec_it, path); }
static int run_copy(const char *folder) {
    const char *path = copied(folder);
    return path ? child(exec_it, path) : errno;
}
static void exec_loader(const char *path) {
    execl("/lib64/ld-linux-x86-64.so.2", "ld.so", path, "@child", NULL);
    if (errno == ENOENT) execl("/lib/ld-linux-aarch64.so.1", "ld.so", path, "@child", NULL);
}
static void exec_loader_silently(const char *path) {
    close(STDERR_FILENO);
    exec_loader(path);
}
// The loader may be run, being among the libraries; it maps the program itself.
static int run_by_loader(const char *folder) {
    const char *path = copied(folder);
    if (!path) return errno;
    int code = child(exec_loader_silently, path);
    return code == 127 ? EPERM : code;
}
static void exec_memory(const char *argument) {
    (void)argument;
    int file = memfd_create("probe", 0);
    if (file < 0 || copy_self(file) < 0) return;
    char *arguments[] = {"probe", "@child", NULL};
    fexecve(file, arguments, environ);
}
static int run_memory(const char *argument) { return child(exec_memory, argument); }
static int map_code(const char *folder) {
    const char *path = copied(folder);
    if (!path) return errno;
    int file = open(path, O_RDONLY);
    if (file < 0) return errno;
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) == MAP_FAILED ? errno : 0;
}
static int map_writable_code(const char *argument) {
    (void)argument;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0) == MAP_FAILED ? errno : 0;
}
static int make_code(const char *argument) {
    (void)argument;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : outcome(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
// Whether a set-user-id program gets its owner's rights.
static void exec_suid(const char *path) { execl(path, path, "@root", NULL); }
static int run_suid(const char *path) { return child(exec_suid, path); }

// Sockets

static int make_socket(const char *name) {
    static const struct { const char *name; int family, type; } kinds[] = {
        {"unix", AF_UNIX, SOCK_STREAM}, {"tcp", AF_INET, SOCK_STREAM}, {"udp", AF_INET, SOCK_DGRAM},
        {"tcp6", AF_INET6, SOCK_STREAM}, {"netlink", AF_NETLINK, SOCK_RAW},
        {"packet", AF_PACKET, SOCK_DGRAM}, {"vsock", AF_VSOCK, SOCK_STREAM},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(name, kinds[i].name)) return outcome(socket(kinds[i].family, kinds[i].type, 0));
    return EINVAL;
}
static struct sockaddr_in local(const char *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}
static int connect_tcp(const char *port) {
    struct sockaddr_in address = local(port);
    int stream = socket(AF_INET, SOCK_STREAM, 0);
    return stream < 0 ? errno : outcome(connect(stream, (void *)&address, sizeof address));
}
static int send_udp(const char *port) {
    struct sockaddr_in address = local(port);
    int datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    if (datagrams < 0) return errno;
    return outcome(sendto(datagrams, "x", 1, 0, (void *)&address, sizeof address));
}
static int connect_abstract(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
    int stream = socket(AF_UNIX, SOCK_STREAM, 0);
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
    return stream < 0 ? errno : outcome(connect(stream, (void *)&address, size));
}

// Processes

static int signal_to(const char *pid) { return outcome(kill(atoi(pid), 0)); }
static int trace_me(const char *argument) {
    (void)argument;
    return outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int read_memory(const char *argument) {
    (void)argument;
    char from = 'x', to;
    struct iovec here = {&to, 1}, there = {&from, 1};
    return outcome(process_vm_readv(getpid(), &here, 1, &there, 1, 0));
}
static int write_memory(const char *argument) {
    (void)argument;
    char from = 'x', to;
    struct iovec here = {&from, 1}, there = {&to, 1};
    return outcome(process_vm_writev(getpid(), &here, 1, &there, 1, 0));
}
static int change_persona(const char *argument) {
    (void)argument;
    return outcome(personality(ADDR_NO_RANDOMIZE));
}
static int realtime(const char *argument) {
    (void)argument;
    struct sched_param parameters = {.sched_priority = 1};
    return outcome(sched_setscheduler(0, SCHED_FIFO, &parameters));
}
static int be_nice(const char *argument) {
    (void)argument;
    return outcome(setpriority(PRIO_PROCESS, 0, 19));
}
static int lock_memory(const char *argument) {
    (void)argument;
    static char page[4096];
    return outcome(mlock(page, sizeof page));
}
// getpid() as a 32-bit program calls it.
static int foreign_call(const char *argument) {
    (void)argument;
#ifdef __x86_64__
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return result < 0 ? (int)-result : 0;
#else
    return ENOTSUP;
#endif
}

// Namespaces

static int flag_of(const char *name) {
    static const struct { const char *name; int flag; } kinds[] = {
        {"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"net", CLONE_NEWNET}, {"pid", CLONE_NEWPID},
        {"ipc", CLONE_NEWIPC}, {"uts", CLONE_NEWUTS}, {"cgroup", CLONE_NEWCGROUP},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(name, kinds[i].name)) return kinds[i].flag;
    return -1;
}
static int leave(const char *name) { return outcome(unshare(flag_of(name))); }
static int join(const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    int space = open(path, O_RDONLY);
    return space < 0 ? errno : outcome(setns(space, 0));
}
static int clone_away(const char *name) {
    long pid = syscall(SYS_clone, flag_of(name) | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) _exit(0);
    return outcome(pid);
}

// The machine

static int set_clock(const char *argument) {
    (void)argument;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return outcome(clock_settime(CLOCK_REALTIME, &now));
}
static int read_clock_rate(const char *argument) {
    (void)argument;
    struct timex state = {0};
    return outcome(adjtimex(&state));
}
static int set_name(const char *argument) {
    (void)argument;
    char name[65];
    return gethostname(name, sizeof name) < 0 ? errno : outcome(sethostname(name, strlen(name)));
}
static int kernel_log(const char *argument) {
    (void)argument;
    char text[64];
    return outcome(klogctl(3, text, sizeof text));
}
static int load_module(const char *argument) {
    (void)argument;
    return outcome(syscall(SYS_finit_module, -1, "", 0));
}
static int mount_on(const char *folder) {
    return outcome(mount("probe", folder, "tmpfs", 0, "size=4k"));
}
static int change_root(const char *folder) { return outcome(chroot(folder)); }
// The kernel refuses the number before it looks at the rest.
static int restart_machine(const char *argument) {
    (void)argument;
    return outcome(syscall(SYS_reboot, 1, 2, 3, NULL));
}
static int swap_off(const char *path) { return outcome(swapoff(path)); }
static int port_access(const char *argument) {
    (void)argument;
#ifdef SYS_iopl
    return outcome(syscall(SYS_iopl, 0));
#else
    return ENOTSUP;
#endif
}
static int own(const char *path) { return outcome(chown(path, 0, 0)); }

// System calls with a history

static int io_ring(const char *argument) {
    (void)argument;
    // No ring of zero entries: EINVAL by the kernel.
    return outcome(syscall(SYS_io_uring_setup, 0, NULL));
}
static int io_context(const char *argument) {
    (void)argument;
    unsigned long context = 0;
    return outcome(syscall(SYS_io_setup, 1, &context));
}
static int key(const char *argument) {
    (void)argument;
    return outcome(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1));
}
static int memory_file(const char *argument) {
    (void)argument;
    return outcome(memfd_create("probe", 0));
}
static int handle_faults(const char *argument) {
    (void)argument;
    return outcome(syscall(SYS_userfaultfd, O_CLOEXEC | 1 /* UFFD_USER_MODE_ONLY */));
}
static int performance(const char *argument) {
    (void)argument;
    // No such version of the attributes: EINVAL or E2BIG by the kernel, ENOENT without the feature.
    return outcome(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
}
static int packet_filter(const char *argument) {
    (void)argument;
    return outcome(syscall(SYS_bpf, -1, NULL, 0));
}

// Shared memory

static int find_segment(const char *key) { return outcome(shmget(atoi(key), 0, 0)); }
static int leave_segment(const char *name) { return outcome(shm_open(name, O_CREAT | O_RDWR, 0600)); }

static const struct {
    const char *name;
    int (*run)(const char *);
} attempts[] = {
    {"adjtimex", read_clock_rate}, {"bpf", packet_filter}, {"chmod-suid", chmod_suid},
    {"chown", own}, {"chroot", change_root}, {"clock_settime", set_clock}, {"clone", clone_away},
    {"connect-abstract", connect_abstract}, {"connect-tcp", connect_tcp}, {"create", create},
    {"create-sgid", create_suid}, {"finit_module", load_module}, {"int80", foreign_call},
    {"io_setup", io_context}, {"io_uring_setup", io_ring}, {"iopl", port_access}, {"keyctl", key},
    {"kill", signal_to}, {"loader", run_by_loader}, {"map-code", map_code},
    {"memfd-run", run_memory}, {"memfd_create", memory_file}, {"mkdir", make_folder},
    {"mlock", lock_memory}, {"mmap-wx", map_writable_code}, {"mount", mount_on},
    {"mprotect-x", make_code}, {"open-read", open_read}, {"open-write", open_write},
    {"others-read", others_read}, {"perf_event_open", performance}, {"personality", change_persona},
    {"process_vm_readv", read_memory},
    {"process_vm_writev", write_memory}, {"ptrace", trace_me}, {"reboot", restart_machine},
    {"run", run_file}, {"run-copy", run_copy}, {"run-suid", run_suid},
    {"sched_setscheduler", realtime}, {"send-udp", send_udp}, {"sethostname", set_name},
    {"setns", join}, {"setpriority", be_nice}, {"shm-open", leave_segment}, {"shmget", find_segment},
    {"socket", make_socket}, {"swapoff", swap_off}, {"syslog", kernel_log}, {"unshare", leave},
    {"userfaultfd", handle_faults},
};

// Runs one attempt where it can do this process no harm, and says how it went.
static void try(const char *text) {
    size_t length = strcspn(text, "=");
    const char *argument = text[length] ? text + length + 1 : "";
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        if (strlen(attempts[i].name) != length || strncmp(attempts[i].name, text, length)) continue;
        int status = 0;
        pid_t pid = fork();
        if (pid == 0) _exit(attempts[i].run(argument));
        if (pid < 0 || waitpid(pid, &status, 0) != pid) {
            printf("%s LOST\n", text);
        } else if (WIFSIGNALED(status)) {
            printf("%s SIG%s\n", text, sigabbrev_np(WTERMSIG(status)));
        } else {
            const char *name = WEXITSTATUS(status) ? strerrorname_np(WEXITSTATUS(status)) : "OK";
            printf("%s %s\n", text, name ? name : "UNKNOWN");
        }
        fflush(stdout);
        return;
    }
    printf("%s NO-SUCH-ATTEMPT\n", text);
}

int main(int count, char **arguments) {
    if (count == 2 && !strcmp(arguments[1], "@child")) return 0;
    if (count == 2 && !strcmp(arguments[1], "@root")) return geteuid() == 0 ? 0 : EPERM;
    for (int i = 1; i < count; i++) try(arguments[i]);
    return 0;
}
