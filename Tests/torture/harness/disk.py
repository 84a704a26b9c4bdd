"""A small ext4 on a loop device whose power can be cut."""

import fcntl
import os
import struct
import subprocess
import time

# ext4's own ioctl for tests like this one: nothing more reaches the device.
EXT4_IOC_SHUTDOWN = 0x8004587D
# The journal is not flushed first: what was not synced is lost.
NO_LOG_FLUSH = 2


def _run(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise OSError(f"{' '.join(command)}: {result.stderr.strip()}")


class Disk:
    """An image in `folder` and the place where it is mounted."""

    def __init__(self, folder, megabytes):
        self.image, self.place = folder / "disk.img", folder / "disk"
        with open(self.image, "wb") as image:
            image.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0", str(self.image))
        self.place.mkdir()
        self.mount()

    def mount(self):
        """Mounts it, which replays its journal after a cut. The loop device goes with the mount."""
        _run("mount", "-o", "loop", str(self.image), str(self.place))

    def cut(self):
        """The power is gone: what was not synced by now never will be."""
        descriptor = os.open(self.place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(descriptor)

    def unmount(self):
        """Unmounts it; whoever used it a moment ago may need a moment more."""
        for attempt in range(200):
            try:
                return _run("umount", str(self.place))
            except OSError:
                if attempt == 199:
                    raise
                time.sleep(0.01)

    def remove(self):
        """Unmounts it for good, and gives its memory back."""
        self.unmount()
        self.image.unlink()
