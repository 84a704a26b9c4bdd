"""How long a fault goes on, where it keeps its files, and what it says at the end."""

import random
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from broker import world


class Skipped(Exception):
    """This machine cannot do it."""


class Budget:
    """So many cycles, or so many seconds; whichever is given."""

    def __init__(self, cycles=None, seconds=None):
        self.cycle_count, self.seconds = cycles, seconds

    def cycles(self):
        """Numbers from 0 until the budget is used up."""
        began, number = time.monotonic(), 0
        while (self.cycle_count is None or number < self.cycle_count) and (
            self.seconds is None or time.monotonic() - began < self.seconds
        ):
            yield number
            number += 1


class Bench:
    """One run of one fault."""

    def __init__(self, name, budget, seed, keep, is_long=False):
        self.name, self.budget, self.seed, self.keep = name, budget, seed, keep
        self.is_long = is_long
        self.chance = random.Random(f"{seed}/{name}")
        self.folder = world.folder() / name
        self.folder.mkdir(mode=0o755)
        self.figures = {}
        self.ready = []
        self.violations = []
        self.at_end = []

    # Figures

    def count(self, what, number=1):
        """Adds to a figure."""
        self.figures[what] = self.figures.get(what, 0) + number

    def violated(self, text):
        """Notes a broken promise; the run goes on, and fails."""
        self.violations.append(text)

    def started(self, seconds):
        """Notes how long a start took until it was ready."""
        self.ready.append(seconds)

    def line(self):
        """All figures, in one line."""
        parts = [f"{number} {what}" for what, number in self.figures.items()]
        if self.ready:
            median, worst = statistics.median(self.ready), max(self.ready)
            parts.append(f"ready {median * 1000:.0f} ms, worst {worst * 1000:.0f} ms")
        return ", ".join(parts)

    # Places

    def ram(self, name="ram", megabytes=1024):
        """A folder in memory, for what needs speed and no disk."""
        place = self.folder / name
        place.mkdir()
        options = f"size={megabytes}m,mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)
        return place

    def defer(self, function):
        """Has something called at the end, however it comes."""
        self.at_end.append(function)

    def close(self):
        """Ends what still runs and removes the files, unless they are wanted."""
        for function in reversed(self.at_end):
            try:
                function()
            except Exception as error:  # noqa: BLE001  the rest must go too
                print(f"{self.name}: cleaning up: {error}", flush=True)
        if not self.keep:
            self._unmount()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _unmount(self):
        for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
            if line.split()[1].startswith(f"{self.folder}/"):
                subprocess.run(["umount", "--lazy", line.split()[1]], check=False)
