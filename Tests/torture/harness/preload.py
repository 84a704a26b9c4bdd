"""Faults inside the daemon's process: builds preload.c and arms it through a shared page."""

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

from broker import world

from .bench import Skipped

LOG_SYNC, LOG_WRITE, LOG_TORN, DATABASE_SYNC, DATABASE_WRITE, TIP_WRITE = range(1, 7)
NAMES = {
    LOG_SYNC: "sync of the log",
    LOG_WRITE: "write to the log",
    LOG_TORN: "torn write to the log",
    DATABASE_SYNC: "sync of the database",
    DATABASE_WRITE: "write to the database",
    TIP_WRITE: "writes to the tip",
}


def built():
    """The path of the built library."""
    built = world.folder() / "bin" / "preload.so"
    if not built.exists():
        compiler = next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)
        if compiler is None:
            raise Skipped("there is no C compiler")
        source = Path(__file__).with_name("preload.c")
        subprocess.run(
            [compiler, "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(built),
             str(source), "-ldl", "-lpthread"], check=True,
        )  # fmt: skip
    return str(built)


class Page:
    """What the library and the harness share."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(mmap.PAGESIZE))
        path.chmod(0o666)
        with open(path, "r+b") as file:
            self.view = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    def environment(self):
        """What the daemon is to be started with."""
        return {"LD_PRELOAD": built(), "TORTURE_PAGE": str(self.path)}

    def arm(self, kind, countdown):
        """The call of that kind after so many more will fail."""
        # The kind comes last: it is what the other side looks at first.
        self.view[4:12] = struct.pack("ii", countdown, 0)
        self.view[0:4] = struct.pack("i", kind)

    def disarm(self):
        """Nothing fails any more."""
        self.view[0:4] = struct.pack("i", 0)

    @property
    def fired(self):
        """How many calls failed since it was armed."""
        return struct.unpack("i", self.view[8:12])[0]
