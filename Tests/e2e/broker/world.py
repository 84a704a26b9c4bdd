"""The run's own users, groups and folders, in a mount namespace that the host never sees."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]

AGENTS = 5000
UNIX_GROUPS = 17
FIRST_AGENT_UID = 20001
FIRST_GROUP_GID = 30001

# Those who have a role in the tests' configuration: user -> (uid, groups beside its own).
STAFF = {
    "brokerd": (900, []),
    "alice": (901, ["brokerd", "brokerd-admin"]),
    "oscar": (902, ["brokerd", "brokerd-operator"]),
    "brokerd-gateway": (903, ["brokerd"]),
    "brokerd-seats": (904, ["brokerd"]),
    "olga": (905, ["brokerd", "brokerd-monitor"]),
    "norbert": (906, ["brokerd"]),  # may open the control socket, has no role
    "kim": (907, []),  # an agent of no group in the site
}
STAFF_GROUPS = {
    "brokerd": 900,
    "brokerd-admin": 991,
    "brokerd-operator": 992,
    "brokerd-monitor": 993,
}
# A uid that no name belongs to.
NAMELESS_UID = 64001


class User:
    """A Unix user as the kernel sees one: a uid, a gid and supplementary groups."""

    def __init__(self, name, uid, gid, groups):
        self.name, self.uid, self.gid, self.groups = name, uid, gid, groups


def agent(number):
    """The name of agent 1 to AGENTS; agents take turns among the unix groups."""
    return f"agent{number:04d}"


def unix_group(number):
    """The name of unix group 1 to UNIX_GROUPS."""
    return f"dept{number:02d}"


def group_number_of(number):
    """The unix group, 1 to UNIX_GROUPS, of an agent."""
    return (number - 1) % UNIX_GROUPS + 1


def agents_of(group):
    """The names of the agents in unix group 1 to UNIX_GROUPS."""
    return [agent(n) for n in range(group, AGENTS + 1, UNIX_GROUPS)]


def user(name):
    """The user of that name; `root`, staff, an agent, or `nameless`."""
    if name == "root":
        return User(name, 0, 0, [0])
    if name == "nameless":
        return User(name, NAMELESS_UID, NAMELESS_UID, [])
    if name in STAFF:
        uid, groups = STAFF[name]
        return User(name, uid, uid, [STAFF_GROUPS[g] for g in groups])
    number = int(name.removeprefix("agent"))
    gid = FIRST_GROUP_GID + group_number_of(number) - 1
    return User(name, FIRST_AGENT_UID + number - 1, 100, [gid])


def _account_files(folder):
    """Writes passwd, group and nsswitch.conf; answers their paths by the name in /etc."""
    passwd = ["root:x:0:0:root:/root:/bin/bash", "nobody:x:65534:65534::/:/usr/sbin/nologin"]
    groups = ["root:x:0:", "nogroup:x:65534:", "users:x:100:"]
    for name, (uid, _) in STAFF.items():
        passwd.append(f"{name}:x:{uid}:{uid}::/:/bin/sh")
        if name not in STAFF_GROUPS:
            groups.append(f"{name}:x:{uid}:")
    for name, gid in STAFF_GROUPS.items():
        members = [user for user, (_, listed) in STAFF.items() if name in listed]
        groups.append(f"{name}:x:{gid}:{','.join(members)}")
    for number in range(1, AGENTS + 1):
        passwd.append(f"{agent(number)}:x:{FIRST_AGENT_UID + number - 1}:100::/:/bin/sh")
    for number in range(1, UNIX_GROUPS + 1):
        gid = FIRST_GROUP_GID + number - 1
        groups.append(f"{unix_group(number)}:x:{gid}:{','.join(agents_of(number))}")
    files = {
        "passwd": "\n".join(passwd) + "\n",
        "group": "\n".join(groups) + "\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    return {name: folder / name for name in files}


def in_own_namespace(main_file, arguments):
    """Runs this program again under `unshare`, once; answers only inside."""
    if os.environ.get("BROKER_E2E_NAMESPACE"):
        return
    os.environ["BROKER_E2E_NAMESPACE"] = "1"
    os.execvp(
        "unshare",
        ["unshare", "--mount", "--propagation", "private", "--", "python3", main_file, *arguments],
    )


def build():
    """Lays out the run's folder and accounts; answers the folder, which `raze` removes.

    The programs are copied, so that a build that goes on meanwhile changes nothing, and so that
    users who may not enter the checkout can run them.
    """
    folder = Path(tempfile.mkdtemp(prefix="brokerd-e2e."))
    folder.chmod(0o755)
    accounts = folder / "etc"
    accounts.mkdir()
    for name, path in _account_files(accounts).items():
        subprocess.run(["mount", "--bind", str(path), f"/etc/{name}"], check=True)
    # Nothing of the host's is in here: no name-service cache, no /run/brokerd of a real one.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    # Where tests let anybody write.
    (folder / "tmp").mkdir()
    (folder / "tmp").chmod(0o1777)
    programs = folder / "bin"
    programs.mkdir()
    built = Path(os.environ.get("BROKER_E2E_PROGRAMS", REPOSITORY / ".build" / "release"))
    for name in ("brokerd", "brokerctl"):
        source = built / name
        if not source.exists():
            raise SystemExit(
                f"{source} is missing: run `swift build -c release --static-swift-stdlib`, or"
                " Tests/run"
            )
        shutil.copy2(source, programs / name)
    # Not installed with the two, and so not always beside them.
    if (built / "brokerbench").exists():
        shutil.copy2(built / "brokerbench", programs / "brokerbench")
    os.environ["BROKER_E2E_FOLDER"] = str(folder)
    return folder


def raze(folder):
    """Removes the run's folder, with what is mounted below it."""
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        mounted = line.split()[1]
        if mounted.startswith(f"{folder}/"):
            subprocess.run(["umount", "--lazy", mounted], check=False)
    shutil.rmtree(folder, ignore_errors=True)


def folder():
    """The run's folder."""
    return Path(os.environ["BROKER_E2E_FOLDER"])


def program(name):
    """The path of a program of the release build."""
    return str(folder() / "bin" / name)
