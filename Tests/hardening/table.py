"""What each line of the daemon's sandbox forbids: the attempt that it stops, and how."""

from dataclasses import dataclass

# A process of another user, and a port of the box: put in when the box has them.
OTHER, PORT = "@OTHER@", "4711"

STATE = "/var/lib/brokerd"
# Anybody may write here: what stops the daemon is not the folder's mode.
OPEN = "/srv/open"

# As root with all its capabilities, which would stop an attempt before the line in question.
ROOT = ("User", "CapabilityBoundingSet")
CALLS = ("SystemCallFilter",)
# All lines that come with a mount namespace, which is what PrivateMounts= is about.
MOUNTS = (
    "NoExecPaths", "ExecPaths", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices",
    "PrivateNetwork", "PrivateIPC", "ProtectProc", "ProcSubset", "ProtectClock", "ProtectHostname",
    "ProtectControlGroups", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables",
)  # fmt: skip
# Each of these sets NoNewPrivileges= by itself for a service that is not root's.
IMPLY_NO_NEW_PRIVILEGES = (
    "LockPersonality", "MemoryDenyWriteExecute", "PrivateDevices", "ProtectClock",
    "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables",
    "RestrictAddressFamilies",
    "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "SystemCallArchitectures",
    "SystemCallErrorNumber", "SystemCallFilter",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One attempt, and the line that stops it.

    `directive` is a key of the unit, or `SystemCallFilter=` and one of its items. `also` are other
    lines that would stop the attempt too: they are taken out to see this one alone at work, and
    then this one as well to see that the attempt comes through. `allowed` is then not always OK: a
    call with arguments that the kernel refuses has come through the sandbox nevertheless. `after`
    names what is looked at once the unit has ended, where the attempt itself says nothing.
    """

    directive: str
    attempt: str
    blocked: str
    also: tuple = ()
    allowed: tuple = ("OK",)
    after: str = ""


def _rows():
    yield Row("User", "open-read=/etc/shadow", "EACCES")
    yield Row("UMask", f"others-read={STATE}/made", "EACCES")
    yield Row("CapabilityBoundingSet", f"kill={OTHER}", "EPERM", ("User",))
    also = ("User", *CALLS, "ProtectSystem")
    yield Row("CapabilityBoundingSet", f"chown={OPEN}/theirs", "EPERM", also)
    yield Row(
        "NoNewPrivileges", "run-suid=/usr/local/bin/probe-suid", "EPERM",
        ("NoExecPaths", "ExecPaths", *IMPLY_NO_NEW_PRIVILEGES),
    )  # fmt: skip

    yield Row("NoExecPaths", "run=/usr/bin/true", "EACCES")
    for folder in (STATE, "/tmp", "/var/tmp", "/dev/shm"):
        yield Row("NoExecPaths", f"run-copy={folder}", "EACCES")
    yield Row("NoExecPaths", f"loader={STATE}", "EPERM")
    yield Row("NoExecPaths", f"map-code={STATE}", "EPERM")
    yield Row("MemoryDenyWriteExecute", "mmap-wx", "EPERM")
    yield Row("MemoryDenyWriteExecute", "mprotect-x", "EPERM")

    yield Row("PrivateNetwork", "connect-abstract=probe", "ECONNREFUSED")
    yield Row(
        "PrivateNetwork", f"connect-tcp={PORT}", "ECONNREFUSED",
        ("RestrictAddressFamilies", "IPAddressDeny"),
    )  # fmt: skip
    for kind in ("tcp", "tcp6", "udp", "netlink"):
        yield Row("RestrictAddressFamilies", f"socket={kind}", "EAFNOSUPPORT")
    yield Row("RestrictAddressFamilies", "socket=packet", "EAFNOSUPPORT", ROOT)
    yield Row(
        "IPAddressDeny", f"send-udp={PORT}", "EPERM", ("RestrictAddressFamilies", "PrivateNetwork")
    )

    yield Row("ProtectSystem", f"create={OPEN}/made", "EROFS")
    yield Row("ProtectSystem", "open-write=/etc/passwd", "EROFS", ("User",))
    yield Row("ProtectSystem", "open-write=/usr/bin/true", "EROFS", ("User",))
    yield Row("ProtectHome", "open-read=/home/pierre/theirs", "EACCES")
    yield Row("PrivateTmp", "open-read=/tmp/theirs", "ENOENT")
    yield Row("PrivateTmp", "open-read=/var/tmp/theirs", "ENOENT")
    yield Row(
        "PrivateMounts", "mount=/srv/mounted", "hidden", (*ROOT, *CALLS, *MOUNTS),
        ("visible",), after="mounted",
    )  # fmt: skip
    yield Row("PrivateDevices", "open-read=/dev/probe-zero", "ENOENT")
    also = ("PrivateDevices", "ProtectClock")
    yield Row("DevicePolicy", "open-read=/dev/probe-fuse", "EPERM", also)
    yield Row("PrivateIPC", f"shmget={PORT}", "ENOENT")
    yield Row("RemoveIPC", "shm-open=/probe", "gone", (), ("left behind",), after="shared memory")

    yield Row("ProtectProc", f"open-read=/proc/{OTHER}/cmdline", "ENOENT")
    yield Row("ProcSubset", "open-read=/proc/meminfo", "ENOENT")
    yield Row("ProtectClock", "clock_settime", "EPERM", (*ROOT, *CALLS))
    yield Row("ProtectClock", "adjtimex", "EPERM", CALLS)
    also = ("User", "ProtectKernelTunables")
    yield Row("ProtectControlGroups", "mkdir=/sys/fs/cgroup/probe", "EROFS", also)
    yield Row("ProtectHostname", "sethostname", "EPERM", (*ROOT, *CALLS))
    yield Row("ProtectKernelLogs", "syslog", "EPERM", (*ROOT, *CALLS))
    # A kernel without modules has no such call, one with them says that -1 is no file.
    yield Row("ProtectKernelModules", "finit_module", "EPERM", (*ROOT, *CALLS), ("EBADF", "ENOSYS"))
    yield Row("ProtectKernelModules", "open-read=/usr/lib/modules/probe", "EACCES")
    # Opened, and no more. (/proc/sys is read-only in the box as it is.)
    path, also = "/proc/irq/default_smp_affinity", ("User", "ProcSubset")
    yield Row("ProtectKernelTunables", f"open-write={path}", "EROFS", also)
    yield Row("ProtectKernelTunables", "open-read=/proc/kallsyms", "EACCES", ("ProcSubset",))

    yield Row("LockPersonality", "personality", "EPERM")
    yield Row("RestrictNamespaces", "unshare=user", "EPERM")
    yield Row("RestrictNamespaces", "clone=user", "EPERM")
    for kind in ("mount", "net", "pid", "ipc", "uts", "cgroup"):
        yield Row("RestrictNamespaces", f"unshare={kind}", "EPERM", ROOT)
    yield Row("RestrictNamespaces", "setns=uts", "EPERM", ROOT)
    yield Row("RestrictRealtime", "sched_setscheduler", "EPERM", (*ROOT, *CALLS))
    yield Row("RestrictSUIDSGID", f"chmod-suid={STATE}/made", "EPERM")
    yield Row("RestrictSUIDSGID", f"create-sgid={STATE}/made", "EPERM")

    yield Row("SystemCallArchitectures", "int80", "SIGSYS")
    yield Row("SystemCallErrorNumber", "ptrace", "EPERM", (), ("SIGSYS",))
    yield from _calls()


def _calls():
    def row(item, attempt, also=(), allowed=("OK",)):
        return Row(f"SystemCallFilter={item}", attempt, "EPERM", also, allowed)

    yield row("@system-service", "ptrace")
    yield row("@system-service", "perf_event_open", (), ("EFAULT", "ENOENT"))
    yield row("@system-service", "mount=/srv/mounted", ROOT)
    # These are refused by ~@privileged as well.
    privileged = "SystemCallFilter=~@privileged"
    yield row("@system-service", "chroot=/", (*ROOT, privileged))
    yield row("@system-service", "reboot", (*ROOT, privileged), ("EINVAL",))
    # A folder is no swap, which kernels say in different words.
    yield row("@system-service", "swapoff=/srv", (*ROOT, privileged), ("EINVAL", "EISDIR"))
    yield row("@system-service", "bpf", (privileged,), ("EINVAL",))
    yield row("~@privileged", f"chown={OPEN}/theirs", (*ROOT, "ProtectSystem"))
    yield row("~@resources", "setpriority")
    yield row("~@aio", "io_setup")
    yield row("~@aio", "io_uring_setup", (), ("EFAULT", "EINVAL"))
    yield row("~@keyring", "keyctl")
    yield row("~@memlock", "mlock")
    yield row("~memfd_create", "memfd_create")
    yield row("~memfd_create", "memfd-run")
    yield row("~userfaultfd", "userfaultfd")
    yield row("~process_vm_readv", "process_vm_readv")
    yield row("~process_vm_writev", "process_vm_writev")


ROWS = tuple(_rows())

# The lines that forbid nothing, and what they are there for instead.
OTHER_LINES = {
    "Type": "when the daemon counts as started",
    "NotifyAccess": "whose messages systemd hears",
    "ExecStart": "the program; the attempts take its place",
    "ExecReload": "the program",
    "Group": "goes with User=",
    "Sockets": "what is handed over",
    "StateDirectory": "the one folder that may be written: every attempt below it shows that",
    "StateDirectoryMode": "keeps others out, not the daemon in; in the test of the units",
    "ExecPaths": "what NoExecPaths= leaves: without it no attempt would run",
    "WatchdogSec": "restarts",
    "Restart": "restarts",
    "RestartSec": "restarts",
    "RestartPreventExitStatus": "restarts",
    "TimeoutStartSec": "restarts",
    "TimeoutStopSec": "restarts",
    "TimeoutAbortSec": "restarts",
    "LimitNOFILE": "room for connections",
    "Nice": "goes before others",
}
