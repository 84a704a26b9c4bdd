"""The box of the session tests: a broker with few seats, people, sshd, and PAM stacks to change."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from broker import site  # noqa: E402

DOCS = HERE.parents[1] / "Docs"
PACKAGING = HERE.parents[1] / "Packaging"
SOCKETS = ["brokerd-agent.socket", "brokerd-control.socket", "brokerd-monitoring.socket"]
KEY = Path("/root/.ssh/probe")
SSH_PORT = "2222"
# Short, so that a lease that nobody renews is gone within a test.
TTL_SECONDS = 4
SEATS = 2
RECIPE = Path("/usr/lib/brokerctl/session-lease")
STACKS = ("sshd", "login", "su-l")


def run(*command, **options):
    """A command that has to succeed; its output."""
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command} ended with {result.returncode}: {result.stderr}")
    return result.stdout


def eventually(condition, seconds=10.0, why="it did not come about"):
    """Waits for something true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{why} within {seconds} s")
        time.sleep(0.05)
    return value


def measured(text):
    """A figure, for who reads the output."""
    print(f"    measured: {text}", file=sys.stderr, flush=True)


def uid(name):
    """The number of a user."""
    return pwd.getpwnam(name).pw_uid


def leases():
    """The live ones."""
    return json.loads(run("brokerctl", "lease", "list", "-o", "json"))["leases"]


def status():
    """The broker's."""
    return json.loads(run("brokerctl", "status", "-o", "json"))


def last_end():
    """Why the lease that ended last did."""
    ended = run("brokerctl", "lease", "list", "--state", "ended", "-o", "json")
    return max(json.loads(ended)["leases"], key=lambda lease: lease["ended_at"])["end_reason"]


def fill(name):
    """Leaves one person no seat: others have all; answers what gives one of them back."""
    ids = []
    for holder in [name, "jeanne"][:SEATS]:
        request = ["brokerctl", "lease", "request", "--holder", holder, "--ttl", "25s"]
        ids.append(run(*request, "-o", "name").strip())
    _filled.extend(ids)
    return lambda: run("brokerctl", "lease", "release", ids[0])


_filled = []


def clear():
    """Gives back what `fill` has taken."""
    while _filled:
        give_back = ["brokerctl", "lease", "release", _filled.pop()]
        subprocess.run(give_back, check=False, capture_output=True)


def pam(control="required", options=""):
    """Puts the recipe's line at the end of each stack, or none; also ends what tests have left."""
    clear()
    for stack in STACKS:
        lines = Path(f"/etc/pam.d/{stack}").read_text().splitlines()
        lines = [line for line in lines if "session-lease" not in line]
        if control:
            # What Docs/SESSIONS.md says; su-l has no such line of its own.
            last = "@include common-session"
            at = lines.index(last) + 1 if last in lines else len(lines)
            lines.insert(
                at,
                f"session {control} pam_exec.so quiet stdout seteuid type=open_session "
                f"{RECIPE} --ttl {TTL_SECONDS}s {options}",
            )
        Path(f"/etc/pam.d/{stack}").write_text("\n".join(lines) + "\n")


def _people():
    run("groupadd", "dept01")
    for name in ("pierre", "amelie", "jeanne"):
        run("useradd", "-m", "-s", "/bin/sh", "-U", "-G", "dept01", name)
    run("useradd", "-m", "-s", "/bin/sh", "kim")


def _sshd():
    KEY.parent.mkdir(mode=0o700, exist_ok=True)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(KEY))
    keys = Path("/etc/ssh/keys")
    keys.mkdir()
    for name in ("pierre", "amelie", "jeanne", "kim"):
        shutil.copy(f"{KEY}.pub", keys / name)
    run("ssh-keygen", "-A")
    os.makedirs("/run/sshd", exist_ok=True)
    run(
        "systemd-run", "--quiet", "--unit=sshd-test", "/usr/sbin/sshd", "-D", "-f", "/dev/null",
        "-p", SSH_PORT, "-o", "ListenAddress=127.0.0.1", "-o", "UsePAM=yes", "-o", "PidFile=none",
        "-o", "PasswordAuthentication=no", "-o", "StrictModes=no", "-o", "MaxStartups=100",
        "-o", "AuthorizedKeysFile=/etc/ssh/keys/%u",
    )  # fmt: skip


def install(programs):
    """As the packages would, and the recipe beside them."""
    for name in ("brokerd", "brokerctl"):
        shutil.copy2(f"{programs}/{name}", f"/usr/bin/{name}")
    units = Path("/etc/systemd/system")
    for unit in ["brokerd.service", *SOCKETS]:
        shutil.copy(PACKAGING / "systemd" / unit, units)
    shutil.copy(PACKAGING / "systemd" / "brokerd.sysusers", "/usr/lib/sysusers.d/brokerd.conf")
    shutil.copy(PACKAGING / "pam" / "brokerd-lease@.service", units)
    RECIPE.parent.mkdir()
    shutil.copy(PACKAGING / "pam" / RECIPE.name, RECIPE)
    shutil.copy(PACKAGING / "systemd" / "user" / "brokerd-seat.service", "/etc/systemd/user/")
    run("systemd-sysusers")
    config = Path("/etc/brokerd")
    config.mkdir()
    (config / "brokerd.toml").write_text('[broker]\nsite_file = "/etc/brokerd/site.toml"\n')
    (config / "site.toml").write_text(
        # The machines of the seats are the box itself.
        site.site(
            site.pool("telework", SEATS, seat_host="127.0.0.%d"),
            site.group("dept01", ["telework"]),
        )
    )
    _people()
    # Boxes have no account database of their own to write to at a login.
    Path("/var/log/lastlog").touch()
    run("systemctl", "daemon-reload")
    # Without the second, pam_nologin lets nobody in but root.
    run("systemctl", "start", *SOCKETS, "systemd-logind", "systemd-user-sessions")
    _sshd()
