"""The box as an admin sees it: packages, units, people, the daemon's sockets."""

import grp
import os
import pwd
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "e2e"))

from broker import world  # noqa: E402
from broker.http import Client  # noqa: E402

AGENT, CONTROL = "/run/brokerd/agent.sock", "/run/brokerd/control.sock"
MONITORING = ("127.0.0.1", 9470)
SERVICE = "brokerd.service"
SOCKETS = ("brokerd-agent.socket", "brokerd-control.socket", "brokerd-monitoring.socket")
STATE, CONFIG = Path("/var/lib/brokerd"), Path("/etc/brokerd/brokerd.toml")
BACKUPS = Path("/var/backups/brokerd")
EXAMPLES = Path("/usr/share/doc/brokerd/examples")


def attempt(*command, user=None, timeout=120, **more):
    """A command's result, whatever it is; as a user, with the groups that the accounts give."""
    if user is not None:
        command = ("runuser", "-u", user, "--", *command)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False,
        stdin=more.pop("stdin", subprocess.DEVNULL), timeout=timeout, env=environment, **more,
    )  # fmt: skip


def run(*command, **more):
    """A command that has to succeed; its output."""
    result = attempt(*command, **more)
    if result.returncode != 0:
        raise AssertionError(
            f"{command} ended with {result.returncode}:\n{result.stdout[-3000:]}{result.stderr[-3000:]}"
        )
    return result.stdout


def install(debs):
    """`dpkg -i`, as apt would; what it said."""
    return run("dpkg", "-i", debs["brokerctl"], debs["brokerd"])


def prop(name, unit=SERVICE):
    """A property of a unit."""
    return run("systemctl", "show", unit, "--value", "-p", name).strip()


def is_active(unit):
    """Whether systemd says so."""
    return attempt("systemctl", "is-active", unit).stdout.strip() == "active"


def main_pid():
    """The daemon's process; 0 for none."""
    return int(prop("MainPID"))


def package(name="brokerd"):
    """State and version of a package, as dpkg has them."""
    result = attempt("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", name)
    return tuple(result.stdout.split()) if result.returncode == 0 else ("not-installed",)


def has_account(name):
    """Whether there is such a user."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def person(name):
    """An account of the box, as the kernel sees it."""
    entry = pwd.getpwnam(name)
    groups = [each.gr_gid for each in grp.getgrall() if name in each.gr_mem]
    return world.User(name, entry.pw_uid, entry.pw_gid, groups)


def agent(name, **more):
    """A client of a person on the agent socket."""
    return Client(AGENT, person(name), **more)


def control(**more):
    """A client of root, who is always an admin."""
    return Client(CONTROL, None, **more)


def eventually(condition, seconds=10.0, why="it did not come about"):
    """Waits for something true, and gives it."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{why} within {seconds} s")
        time.sleep(0.02)
    return value


def log_of(unit=SERVICE):
    """All that the journal has of a unit."""
    attempt("journalctl", "--sync")
    return run("journalctl", "-b", "-u", unit, "-o", "cat")
