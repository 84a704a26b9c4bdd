"""People who come in over ssh and at terminals, and what logind knows of them."""

import os
import pty
import select
import signal
import subprocess
import time

import house
from house import eventually, run


class Ssh:
    """A login over sshd on loopback; without a command it stays until it is ended."""

    def __init__(self, name, command="echo on; exec sleep 1000", options=()):
        self.process = subprocess.Popen(
            ["ssh", "-p", house.SSH_PORT, "-i", str(house.KEY), "-o", "BatchMode=yes",
             "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
             "-o", "LogLevel=ERROR", *options, f"{name}@127.0.0.1", command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait_on(self):
        """Once the session's command runs."""
        line = self.process.stdout.readline()
        while line and line != "on\n":
            line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"no session: {self.finish()}")
        return self

    def finish(self, seconds=40):
        """Code, output, messages."""
        stdout, stderr = self.process.communicate(timeout=seconds)
        return self.process.returncode, stdout, stderr

    def end(self):
        """The user goes."""
        self.process.terminate()
        self.process.communicate(timeout=10)


class Terminal:
    """`login` on a terminal of its own."""

    def __init__(self, name):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execv("/bin/login", ["login", "-f", name])
        self.text = ""

    def sees(self, text, seconds=15.0):
        """Waits until the terminal has shown a text."""
        deadline = time.monotonic() + seconds
        while text not in self.text:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.descriptor], [], [], left)[0]:
                raise AssertionError(f"no {text!r} on the terminal: {self.text!r}")
            try:
                data = os.read(self.descriptor, 4096)
            except OSError:
                data = b""
            if not data:
                raise AssertionError(f"the terminal has gone before {text!r}: {self.text!r}")
            self.text += data.decode(errors="replace")
        return self.text

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def close(self):
        """Hangs up, and takes what is left of login away."""
        os.close(self.descriptor)
        deadline = time.monotonic() + 10
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.05)


def sessions_of(name):
    """The numbers of a user's sessions in logind."""
    lines = run("loginctl", "list-sessions", "--no-legend").splitlines()
    return [line.split()[0] for line in lines if name in line.split()]


def everybody_out():
    """Ends all sessions, and waits for it."""
    for name in ("pierre", "amelie"):
        kill = ["loginctl", "kill-user", "--signal=KILL", name]
        subprocess.run(kill, check=False, capture_output=True)
        eventually(lambda: not sessions_of(name), 20, f"sessions of {name} stay")  # noqa: B023


def leader_of(session):
    """The process that logind holds to be the session's first."""
    return int(run("loginctl", "show-session", session, "-p", "Leader", "--value"))
