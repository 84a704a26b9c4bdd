"""The daemon's unit file, line by line, and copies of it with lines left out."""

from pathlib import Path

UNIT = Path(__file__).resolve().parents[2] / "Packaging" / "systemd" / "brokerd.service"

# Each item of these may be left out by itself.
ITEMISED = ("SystemCallFilter",)
# What a unit that only tries something cannot have.
LIFE = (
    "Type", "NotifyAccess", "ExecStart", "ExecReload", "Sockets", "WatchdogSec", "Restart",
    "RestartSec", "RestartPreventExitStatus", "TimeoutStartSec", "TimeoutStopSec",
    "TimeoutAbortSec",
)  # fmt: skip


def service_lines(path=UNIT):
    """The (key, value) lines of [Service], in their order."""
    lines, section = [], ""
    for line in path.read_text().splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line
        elif line and not line.startswith(("#", ";")) and section == "[Service]":
            key, _, value = line.partition("=")
            lines.append((key, value))
    return lines


def directives(lines):
    """What a table has to have rows for: keys, or keys with their items."""
    found = []
    for key, value in lines:
        if key in ITEMISED:
            sign = "~" if value.startswith("~") else ""
            found += [f"{key}={sign}{item}" for item in value.removeprefix("~").split()]
        else:
            found.append(key)
    return list(dict.fromkeys(found))


def without(lines, removed):
    """The lines but for those of these directives."""
    kept = []
    for key, value in lines:
        if key in removed or (key == "Group" and "User" in removed):
            continue
        if key in ITEMISED:
            sign = "~" if value.startswith("~") else ""
            items = value.removeprefix("~").split()
            items = [item for item in items if f"{key}={sign}{item}" not in removed]
            if not items:
                continue
            value = sign + " ".join(items)
        kept.append((key, value))
    return kept


def probe_unit(lines, attempts, output):
    """A unit that makes attempts in the sandbox of these lines, and ends."""
    text = [
        "[Service]", "Type=oneshot", f"ExecStart=/usr/bin/brokerd {' '.join(attempts)}",
        f"StandardOutput=truncate:{output}",
    ]  # fmt: skip
    text += [f"{key}={value}" for key, value in lines if key not in LIFE]
    return "\n".join(text) + "\n"
