"""What becomes of the listening sockets when descriptors run out, or when one of them fails."""

import ctypes
import os
import resource
import socket
import time
from pathlib import Path

from broker import world
from broker.case import BrokerCase

AGENT = world.agents_of(1)[0]
# The same number on every architecture.
_PIDFD_GETFD = 438
_libc = ctypes.CDLL(None, use_errno=True)


def listening_descriptor(daemon, path):
    """The daemon's descriptor of the socket that listens at a path."""
    lines = Path("/proc/net/unix").read_text().splitlines()
    inodes = {line.split()[6] for line in lines if line.split()[-1] == str(path)}
    for link in Path(f"/proc/{daemon.process.pid}/fd").iterdir():
        target = os.readlink(link)
        if target.startswith("socket:[") and target[8:-1] in inodes:
            return int(link.name)
    raise AssertionError(f"nobody listens at {path}")


def borrowed(daemon, descriptor):
    """A descriptor of the daemon's, as a socket of our own."""
    pidfd = os.pidfd_open(daemon.process.pid)
    try:
        ours = _libc.syscall(_PIDFD_GETFD, pidfd, descriptor, 0)
        if ours < 0:
            raise OSError(ctypes.get_errno(), "pidfd_getfd")
        return socket.socket(fileno=ours)
    finally:
        os.close(pidfd)


def cpu_seconds(daemon):
    """What the process has computed so far."""
    fields = Path(f"/proc/{daemon.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Listeners(BrokerCase):
    def test_descriptors_run_out(self):
        """Who comes too late waits, nothing spins, and all get in when there is room again."""
        # Who may change another process's limits without a capability: the same user.
        daemon = self.daemon(run_as="root")
        with daemon.agent(AGENT) as client:
            self.assert_status(client.get("/healthz"), 200)
        pid = daemon.process.pid
        _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = max(int(name) for name in os.listdir(f"/proc/{pid}/fd")) + 1
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 2, hard))
        clients = [daemon.agent(AGENT).open() for _ in range(10)]
        for client in clients:
            self.addCleanup(client.close)
        self.eventually(lambda: "descriptors ran out" in daemon.log())
        before = cpu_seconds(daemon)
        time.sleep(1.5)
        self.assertLess(cpu_seconds(daemon) - before, 0.2)
        # At most one line a second, however many attempts.
        self.assertLessEqual(daemon.log().count("descriptors ran out"), 4)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))
        for client in clients:
            self.assert_status(client.get("/healthz"), 200)
        self.assertEqual(daemon.stop()[0], 0)

    def test_a_lost_listener_ends_the_daemon(self):
        """A daemon that is deaf on a socket ends, with a code that has systemd start it anew."""
        for path in ("agent_socket", "control_socket"):
            with self.subTest(socket=path):
                daemon = self.daemon()
                where = getattr(daemon, path)
                with borrowed(daemon, listening_descriptor(daemon, where)) as listener:
                    listener.shutdown(socket.SHUT_RD)
                self.assertEqual(daemon.process.wait(6), 1)
                self.assertIn("a listening socket was lost", daemon.log())
                daemon.start()
                with daemon.agent(AGENT) as client:
                    self.assert_status(client.get("/healthz"), 200)
