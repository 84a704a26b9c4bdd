"""Runs in a box of its own (Tests/systemd-box): every row of the table, with its line and without.

    inside.py PROBE [COUNTS]

The probe takes the daemon's place, /usr/bin/brokerd, so that the unit's lines hold as they are.
"""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import table  # noqa: E402
import unit  # noqa: E402

UNITS = Path("/run/systemd/system")
OUTPUTS = Path("/run/probe")
ACCOUNTS = unit.UNIT.parent / "brokerd.sysusers"
_libc = ctypes.CDLL(None, use_errno=True)


def run(*command):
    """A command that has to succeed."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Box:
    """What the attempts are made on."""

    def __init__(self, probe):
        shutil.copy(probe, "/usr/bin/brokerd")
        shutil.copy(ACCOUNTS, "/usr/lib/sysusers.d/brokerd.conf")
        run("systemd-sysusers")
        OUTPUTS.mkdir()
        for path, mode in ((table.OPEN, 0o1777), ("/srv/mounted", 0o755), ("/home/pierre", 0o755),
                           ("/usr/lib/modules/probe", 0o755)):  # fmt: skip
            os.makedirs(path, exist_ok=True)
            os.chmod(path, mode)
        for folder in (table.OPEN, "/home/pierre", "/tmp", "/var/tmp"):
            Path(folder, "theirs").write_text("theirs\n")
        shutil.chown(f"{table.OPEN}/theirs", "nobody", "nogroup")
        shutil.copy(probe, "/usr/local/bin/probe-suid")
        os.chmod("/usr/local/bin/probe-suid", 0o4755)
        for name, number in (("probe-zero", os.makedev(1, 5)), ("probe-fuse", os.makedev(10, 229))):
            os.mknod(f"/dev/{name}", 0o20666, number)
            os.chmod(f"/dev/{name}", 0o666)
        self.other = subprocess.Popen(["sleep", "1000"], user="nobody", group="nogroup")
        self.tcp = socket.create_server(("127.0.0.1", int(table.PORT)))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind("\0probe")
        self.abstract.listen(64)
        if _libc.shmget(int(table.PORT), 4096, 0o1666) < 0:
            raise OSError(ctypes.get_errno(), "shmget")

    def close(self):
        self.other.kill()
        self.other.wait()

    def attempt(self, row):
        """The row's attempt with the numbers of this box."""
        return row.attempt.replace(table.OTHER, str(self.other.pid))

    def after(self, row):
        """What an attempt has left, cleared away; None where it says itself how it went."""
        match row.after:
            case "":
                return None
            case "mounted":
                left = subprocess.run(["umount", "/srv/mounted"], check=False, capture_output=True)
                return "visible" if left.returncode == 0 else "hidden"
            case "shared memory":
                path = Path("/dev/shm/probe")
                left = path.exists()
                path.unlink(missing_ok=True)
                return "left behind" if left else "gone"


class Sandboxes:
    """Units by what is left out of them; each is run once, for all of its attempts."""

    def __init__(self, box, lines):
        self.box, self.lines, self.wanted, self.results = box, lines, {}, {}

    def want(self, removed, row):
        """Has a row's attempt made where these directives are left out."""
        # What leaves something behind is looked at unit by unit.
        name = (tuple(sorted(removed)), row.after)
        self.wanted.setdefault(name, []).append(row)
        return name

    def run(self):
        """Makes all attempts."""
        names = list(self.wanted)
        for number, name in enumerate(names):
            attempts = dict.fromkeys(self.box.attempt(row) for row in self.wanted[name])
            text = unit.probe_unit(
                unit.without(self.lines, name[0]), attempts, OUTPUTS / str(number)
            )
            (UNITS / f"probe-{number}.service").write_text(text)
        run("systemctl", "daemon-reload")
        for number, name in enumerate(names):
            started = subprocess.run(
                ["systemctl", "start", f"probe-{number}.service"], check=False, capture_output=True,
                text=True,
            )  # fmt: skip
            output = OUTPUTS / str(number)
            lines = output.read_text().splitlines() if output.exists() else []
            said = dict(line.rsplit(" ", 1) for line in lines)
            for row in self.wanted[name]:
                result = self.box.after(row) if row.after else said.get(self.box.attempt(row))
                if started.returncode != 0:
                    result = "the unit did not start"
                self.results[name, row] = result


def check_rows(box, lines):
    """Runs the table; answers a line of it each, and what is wrong."""
    sandboxes = Sandboxes(box, lines)
    # The unit as it is, with this line alone of those that stop the attempt, and without any.
    names = {
        row: [
            sandboxes.want((), row),
            sandboxes.want(row.also, row),
            sandboxes.want((*row.also, row.directive), row),
        ]
        for row in table.ROWS
    }
    sandboxes.run()
    report, faults = [], []
    for row, (whole, alone, gone) in names.items():
        whole, alone, gone = (sandboxes.results[name, row] for name in (whole, alone, gone))
        report.append((row.directive, row.attempt, whole, alone, gone))
        if whole is None or whole in row.allowed:
            faults.append(f"{row.directive}: {row.attempt} comes through the unit: {whole}")
        if alone != row.blocked:
            faults.append(f"{row.directive}: {row.attempt} is {alone}, not {row.blocked}")
        if gone not in row.allowed:
            faults.append(f"without {row.directive}, {row.attempt} is {gone}, not {row.allowed}")
    return report, faults


def check_coverage(lines):
    """Every line of the unit has a row, or is known to forbid nothing; and the other way round."""
    present = unit.directives(lines)
    covered = {row.directive for row in table.ROWS}
    faults = [
        f"{name} has no row in the table" for name in present
        if name not in covered and name not in table.OTHER_LINES
    ]  # fmt: skip
    named = {*covered, *table.OTHER_LINES}
    faults += [f"{name} is in the table, and not in the unit" for name in named - {*present}]
    return faults


def main(probe, counts=None):
    lines = unit.service_lines()
    box = Box(probe)
    try:
        report, faults = check_rows(box, lines)
    finally:
        box.close()
    # The checks themselves: a line that nobody wrote a row for is noticed.
    if not check_coverage([*lines, ("ProtectEverything", "yes")]):
        faults.append("a line without a row is not noticed")
    faults += check_coverage(lines)
    heads = ("line", "attempt", "unit", "alone", "without")
    widths = [max(len(str(line[i])) for line in [heads, *report]) for i in range(len(heads))]
    for line in [heads, *report]:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(line, widths)).rstrip())
    directives = {row.directive for row in table.ROWS}
    print(f"\n{len(report)} attempts on {len(directives)} lines, {len(faults)} faults")
    print(*faults, sep="\n", file=sys.stderr)
    if counts:
        Path(counts).write_text(f"{max(0, len(report) - len(faults))} {len(faults)}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
