"""A program at a pseudo-terminal, as a person would see and answer it."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

from .world import program, user

# Cursor movement, colours, titles: all that a terminal obeys instead of showing.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()=>78][AB0]?)")


def plain(text):
    """The text without what steers the terminal."""
    return _ESCAPE.sub("", text)


class Terminal:
    """A process whose three standard streams are a terminal of its own, in a session of its own."""

    def __init__(self, command, name, env=None, columns=80, rows=24, cwd="/"):
        who = user(name)
        environment = {
            "PATH": f"{os.path.dirname(program('brokerctl'))}:/usr/bin:/bin",
            "HOME": "/nonexistent", "LANG": "C.UTF-8", "TERM": "xterm", **(env or {}),
        }  # fmt: skip
        self.text = ""
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            try:
                size = struct.pack("HHHH", rows, columns, 0, 0)
                fcntl.ioctl(0, termios.TIOCSWINSZ, size)
                os.setgroups(who.groups)
                os.setresgid(who.gid, who.gid, who.gid)
                os.setresuid(who.uid, who.uid, who.uid)
                os.chdir(cwd)
                os.execvpe(command[0], command, environment)
            finally:
                os._exit(126)
        self.code = None

    def type(self, text):
        """Sends keys."""
        os.write(self.descriptor, text.encode())

    def read(self, seconds):
        """Takes what comes within a time; False at the end of the output."""
        if select.select([self.descriptor], [], [], max(0, seconds))[0]:
            try:
                data = os.read(self.descriptor, 65536)
            except OSError:  # EIO: the last process at the terminal has gone
                data = b""
            if not data:
                return False
            self.text += data.decode(errors="replace")
        return True

    def until(self, wanted, seconds=10.0):
        """Reads until a text was shown since the last call; answers all that was, as it came."""
        deadline = time.monotonic() + seconds
        while wanted not in self.text:
            if time.monotonic() > deadline or not self.read(deadline - time.monotonic()):
                raise AssertionError(f"{wanted!r} did not come, but {self.text!r}")
        end = self.text.index(wanted) + len(wanted)
        shown, self.text = self.text[:end], self.text[end:]
        return shown

    def finish(self, seconds=20.0):
        """Reads to the end; answers the exit code, as a shell has it, and what was shown."""
        deadline = time.monotonic() + seconds
        while self.read(deadline - time.monotonic()):
            if time.monotonic() > deadline:
                raise AssertionError(f"it does not end: {self.text!r}")
        self.wait()
        return self.code, self.text.replace("\r\n", "\n")

    def wait(self):
        """Reaps the process."""
        if self.code is None:
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)
            if self.code < 0:
                self.code = 128 - self.code
        return self.code

    def signal(self, number):
        """Sends the process a signal."""
        os.kill(self.pid, number)

    def close(self):
        """Ends whatever still runs."""
        if self.code is None:
            try:
                os.kill(self.pid, 9)
            except ProcessLookupError:
                pass
            self.wait()
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None
