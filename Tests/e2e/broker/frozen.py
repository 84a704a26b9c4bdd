"""A file system of a test's own, whose writes hang for as long as the test wants."""

import os
import subprocess

from .world import folder, user

BYTES = 64 << 20


class FrozenDisk:
    """A loop-mounted ext4 for a state; `raze` of the run unmounts what is left."""

    _count = 0

    def __init__(self, owner="brokerd"):
        FrozenDisk._count += 1
        image = folder() / f"disk{FrozenDisk._count}.img"
        with open(image, "wb") as file:
            file.truncate(BYTES)
        self.path = folder() / f"disk{FrozenDisk._count}"
        self.path.mkdir()
        subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
        subprocess.run(["mount", "-o", "loop", str(image), str(self.path)], check=True)
        self.state = self.path / "state"
        self.state.mkdir()
        who = user(owner)
        os.chown(self.state, who.uid, who.gid)
        self._is_frozen = False

    def freeze(self):
        """From now on writes wait."""
        subprocess.run(["fsfreeze", "--freeze", str(self.path)], check=True)
        self._is_frozen = True

    def thaw(self):
        """They go on."""
        if self._is_frozen:
            subprocess.run(["fsfreeze", "--unfreeze", str(self.path)], check=True)
            self._is_frozen = False

    def remove(self):
        """Once nobody uses it any more."""
        self.thaw()
        subprocess.run(["umount", str(self.path)], check=False)
