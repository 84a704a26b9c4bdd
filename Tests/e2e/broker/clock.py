"""A clock for a test's processes alone, which the test sets and lets run on while they work."""

import mmap
import shutil
import struct
import subprocess
import time
from pathlib import Path

from .case import instant
from .world import folder

# The daemon looks at the wall clock twice a second.
NOTICED_SECONDS_MAX = 5.0
# Clocks that are read one after the other differ: so long after an instant it has come for sure.
SURELY_SECONDS = 0.02
# What two readings of the same clock may be apart on a busy machine.
SAME_SECONDS_MAX = 0.2


def _built():
    """The path of the library that shifts clocks, built at its first use."""
    built = folder() / "bin" / "clockshift.so"
    if not built.exists():
        compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
        if compiler is None:
            raise AssertionError("there is no C compiler: install gcc")
        source = Path(__file__).parents[1] / "clockshift.c"
        subprocess.run(
            [compiler, "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(built),
             str(source)], check=True,
        )  # fmt: skip
    return str(built)


class Clock:
    """The wall and boot-time clocks of the processes that are started with `environment`."""

    _count = 0

    def __init__(self, at):
        """A clock that shows an instant of RFC 3339 now, and runs on."""
        Clock._count += 1
        path = folder() / f"clock{Clock._count}"
        path.write_bytes(bytes(mmap.PAGESIZE))
        path.chmod(0o644)
        with open(path, "r+b") as file:
            self._view = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        self.environment = {"LD_PRELOAD": _built(), "CLOCKSHIFT_PAGE": str(path)}
        self._set = self._slept = 0.0
        self.turn(at)

    def _write(self):
        self._view[0:16] = struct.pack("qq", round(self._set * 1e9), round(self._slept * 1e9))

    def now(self):
        """What it shows, as seconds since 1970."""
        return time.time() + self._set + self._slept

    def turn(self, at):
        """Sets the wall clock, to an instant of RFC 3339 or seconds since 1970."""
        self._set += (at if isinstance(at, (int, float)) else instant(at)) - self.now()
        self._write()

    def sleep(self, seconds):
        """So much time passes at once, for all clocks, as while a machine sleeps."""
        self._slept += seconds
        self._write()

    def monotonic(self, at):
        """The moment, as `time.monotonic` has it, at which it shows an instant."""
        return time.monotonic() + instant(at) - self.now()

    # With a daemon that has it

    def shown(self, daemon):
        """Waits until the daemon has noticed what was done to its clock, and done what is due."""
        deadline = time.monotonic() + NOTICED_SECONDS_MAX
        with daemon.control() as client:
            while True:
                shown = instant(client.get("/v1/status").json["now"])
                if abs(shown - self.now()) <= SAME_SECONDS_MAX:
                    # Whatever the writer is asked, it first does what is due.
                    answer = client.post("/v1/pools/no-such-pool/uncordon", {})
                    assert answer.status == 404, answer
                    return
                if time.monotonic() > deadline:
                    raise AssertionError(f"the daemon's clock is {shown - self.now():.1f} s off")
                time.sleep(0.01)

    def set(self, daemon, at):
        """Sets the wall clock, and waits until the daemon has noticed."""
        self.turn(at)
        self.shown(daemon)

    def pass_until(self, daemon, at):
        """Lets time pass until an instant, for leases too, and waits for the daemon."""
        at = at if isinstance(at, (int, float)) else instant(at)
        self.sleep(at + SURELY_SECONDS - self.now())
        self.shown(daemon)
