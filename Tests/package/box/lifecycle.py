"""The packages through their life: install, upgrade, a refused downgrade, remove, purge, reinstall.

lifecycle.py COUNTS FOLDER: packages lie in FOLDER/{older,shown,newer}; "PASSED FAILED" goes to COUNTS.
"""

import errno
import os
import socket
import sqlite3
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

import debs as packages  # noqa: E402
from box import machine  # noqa: E402
from box.machine import (  # noqa: E402
    AGENT, BACKUPS, CONFIG, CONTROL, EXAMPLES, MONITORING, SERVICE, SOCKETS, STATE,
    attempt, eventually, is_active, run,
)  # fmt: skip
from broker.http import Client  # noqa: E402

FOLDER = Path(sys.argv[2])
GROUPS = ("finance", "social")
# The exit code of brokerctl where a socket may not be opened.
NO_ACCESS = 77
# What nothing else here would miss.
INSTALLED = (
    "/lib/systemd/system/brokerd-lease@.service",
    "/usr/lib/brokerctl/session-lease",
    "/usr/lib/systemd/catalog/brokerd.catalog",
    "/usr/lib/systemd/catalog/brokerd.fr.catalog",
    "/usr/share/man/fr/man1/brokerctl.1.gz",
    "/usr/share/man/man8/brokerd.8.gz",
)


class Knocking(threading.Thread):
    """Connects to a socket again and again, and counts how often nobody listens."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.refused, self.count, self.ended = path, [], 0, False
        self.start()

    def run(self):
        while not self.ended:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
                try:
                    stream.connect(self.path)
                except OSError as error:
                    self.refused.append(errno.errorcode[error.errno])
                self.count += 1
            time.sleep(0.001)

    def end(self):
        self.ended = True
        self.join()


def leases():
    """The live leases by their holders, of what a restart must not change."""
    with machine.control() as client:
        listed = client.get("/v1/leases?limit=1000").json["leases"]
    kept = ("id", "token", "seat", "pool", "group", "expires_at", "state")
    return {lease["holder"]: {key: lease[key] for key in kept} for lease in listed}


class Lifecycle(unittest.TestCase):
    """One machine; the tests run in the order of their names."""

    @classmethod
    def setUpClass(cls):
        cls.debs = {name: packages.built(FOLDER / name) for name in ("older", "shown", "newer")}
        cls.versions = {n: packages.version(d["brokerd"]) for n, d in cls.debs.items()}
        for group in GROUPS:
            run("groupadd", group)
        for number in range(4):
            run("useradd", "-G", GROUPS[number % 2], f"agent{number}")

    def assert_serving(self):
        for unit in (*SOCKETS, SERVICE):
            self.assertTrue(is_active(unit), unit)
            self.assertEqual(run("systemctl", "is-enabled", unit).strip(), "enabled", unit)

    def assert_version(self, name):
        self.assertEqual(machine.package(), ("installed", self.versions[name]))

    def status(self):
        with machine.control() as client:
            return client.get("/v1/status").json

    def test_01_install(self):
        """Sockets listen, the service runs on its configuration, an admin is one."""
        machine.install(self.debs["older"])
        self.assert_serving()
        run("useradd", "-G", "brokerd,brokerd-admin", "alice")
        self.assertIn("seats", run("brokerctl", "status", user="alice"))
        self.assertEqual(os.stat(STATE).st_mode & 0o777, 0o700)
        self.assertEqual(run("stat", "-c", "%U:%G", STATE).strip(), "brokerd:brokerd")
        with Client(MONITORING) as client:
            self.assertEqual(client.get("/v1/status").status, 200)
        self.assertEqual(attempt("brokerd", "--config", CONFIG, "--check").returncode, 0)
        for role in ("brokerd-admin", "brokerd-operator", "brokerd-monitor"):
            run("getent", "group", role)
        for file in INSTALLED:
            self.assertTrue(os.path.isfile(file), file)

    def test_02_no_stranger(self):
        """Who is in no group of the broker's gets no further than the agents' socket."""
        result = attempt("brokerctl", "status", "--socket", CONTROL, user="agent0")
        self.assertEqual(result.returncode, NO_ACCESS, result.stderr)
        self.assertEqual(attempt("brokerctl", "status", user="agent0").returncode, 0)

    def test_03_example_site(self):
        """The example is one command away."""
        run("brokerctl", "site", "apply", "-f", EXAMPLES / "departement.toml", "--yes", user="alice")
        self.assertEqual(self.status()["seats"]["total"], 1700)

    def test_04_completions(self):
        """All three shells know the subcommands."""
        bash = "source /usr/share/bash-completion/completions/brokerctl; complete -p brokerctl"
        self.assertIn("_brokerctl", run("bash", "-c", bash))
        zsh = Path("/usr/share/zsh/vendor-completions/_brokerctl").read_text()
        self.assertTrue(zsh.startswith("#compdef brokerctl"))
        fish = Path("/usr/share/fish/vendor_completions.d/brokerctl.fish").read_text()
        self.assertIn("complete -c 'brokerctl'", fish)

    def test_04_nothing_for_everybody(self):
        """A unit of the users' own managers is there, and nobody's until they enable it."""
        units = list(Path("/usr/lib/systemd/user").glob("brokerd*"))
        self.assertTrue(units)
        for unit in units:
            state = attempt("systemctl", "--global", "is-enabled", unit.name).stdout.strip()
            self.assertEqual(state, "disabled", unit.name)

    def test_05_leases(self):
        """What there is to be kept: leases, a cordon, an edited configuration."""
        for number in range(4):
            with machine.agent(f"agent{number}") as client:
                answer = client.post("/v1/leases", headers={"Idempotency-Key": f"key-{number}"})
                self.assertEqual(answer.status, 201, answer)
        run("brokerctl", "seat", "cordon", "vdi-0100", "--reason", "fan", user="alice")
        CONFIG.write_text(CONFIG.read_text() + "\n# edited by the admin\n")
        run("brokerctl", "reload", user="alice")

    def test_06_upgrade(self):
        """Nobody is refused meanwhile, and everything is as it was."""
        before, pid, started = leases(), machine.main_pid(), self.status()["started_at"]
        listener = os.stat(AGENT).st_ino
        knocking = [Knocking(AGENT), Knocking(CONTROL)]
        machine.install(self.debs["shown"])
        for each in knocking:
            each.end()
            self.assertEqual(each.refused, [])
            self.assertGreater(each.count, 50)
        self.assert_version("shown")
        self.assert_serving()
        self.assertNotEqual(machine.main_pid(), pid, "the daemon was not restarted")
        self.assertNotEqual(self.status()["started_at"], started)
        self.assertEqual(os.stat(AGENT).st_ino, listener, "the socket was made anew")
        self.assertEqual(leases(), before)
        self.assertIn("# edited by the admin", CONFIG.read_text())
        with machine.control() as client:
            seat = client.get("/v1/seats/vdi-0100").json
            self.assertTrue(seat["cordoned"])
        with machine.agent("agent1") as client:
            answer = client.post("/v1/leases", headers={"Idempotency-Key": "key-1"})
        self.assertEqual(answer.headers.get("idempotency-replayed"), "true", answer)
        self.assertEqual(answer.json["id"], before["agent1"]["id"])
        # The state's form is the same, so nothing had to be put aside.
        self.assertEqual(list(BACKUPS.iterdir()), [])

    def test_07_upgrade_of_the_form(self):
        """Before a version that writes the state otherwise there is a backup, of the running daemon."""
        machine.install(self.debs["newer"])
        self.assert_version("newer")
        self.assert_serving()
        backup = self.backup()
        self.assertGreater(backup.stat().st_size, 0)
        self.assertEqual(backup.stat().st_mode & 0o077, 0, "others may read it")

    def backup(self):
        return BACKUPS / f"before-upgrade-from-{self.versions['shown']}.backup"

    def test_08_downgrade_is_refused(self):
        """With the way out in the message; and the version that is there goes on."""
        before = leases()
        result = attempt("dpkg", "-i", *self.debs["shown"].values())
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("Nothing was changed", result.stderr)
        self.assertIn(self.backup().name, result.stderr)
        self.assertIn("Going back to an earlier version", result.stderr)
        self.assert_version("newer")
        eventually(lambda: is_active(SERVICE))
        self.assertEqual(leases(), before)
        # As one would mend it: brokerctl was taken back before brokerd was refused.
        machine.install(self.debs["newer"])
        self.assertEqual(leases(), before)

    def test_09_the_daemon_refuses_too(self):
        """A state of a later version: once, with what to do, and untouched."""
        run("systemctl", "stop", *SOCKETS, SERVICE)
        database = STATE / "broker.sqlite"
        connection = sqlite3.connect(database)
        form = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        self.assertNotEqual(attempt("systemctl", "start", SERVICE).returncode, 0)
        eventually(lambda: machine.prop("ActiveState") == "failed")
        self.assertEqual(machine.prop("ExecMainStatus"), "78")
        self.assertEqual(machine.prop("NRestarts"), "0")
        log = machine.log_of()
        self.assertIn("a later version", log)
        self.assertIn("brokerd restore", log)
        connection = sqlite3.connect(database)
        connection.execute(f"PRAGMA user_version = {form}")
        connection.close()
        run("chown", "-R", "brokerd:brokerd", STATE)
        run("systemctl", "start", *SOCKETS, SERVICE)
        self.assert_serving()

    def test_10_going_back(self):
        """As the manual says: the earlier version, on the backup that it had taken."""
        before = leases()
        run("systemctl", "mask", "--now", SERVICE)
        run("systemctl", "stop", *SOCKETS)
        run("mv", STATE, f"{STATE}.later")
        machine.install(self.debs["shown"])
        self.assert_version("shown")
        with self.backup().open() as file:
            restored = run(
                "brokerd", "restore", "--config", CONFIG, "-", user="brokerd", stdin=file
            )
        self.assertIn("restored 4 leases", restored)
        run("systemctl", "unmask", SERVICE)
        run("systemctl", "start", *SOCKETS, SERVICE)
        self.assert_serving()
        after = leases()
        self.assertEqual(set(after), set(before))
        for holder, lease in after.items():
            self.assertEqual(lease["id"], before[holder]["id"])
        run("rm", "-rf", f"{STATE}.later")

    def test_11_upgrade_of_a_stopped_one(self):
        """Then the files themselves are put aside; and it runs afterwards, for it is enabled."""
        run("systemctl", "stop", *SOCKETS, SERVICE)
        machine.install(self.debs["newer"])
        copy = BACKUPS / f"before-upgrade-from-{self.versions['shown']}"
        self.assertTrue((copy / "broker.sqlite").exists())
        self.assert_serving()
        self.assertEqual(len(leases()), 4)

    def test_12_remove(self):
        """Everything stops; configuration, state and accounts stay."""
        run("dpkg", "-r", "brokerd", "brokerctl")
        self.assertEqual(machine.package()[0], "config-files")
        for unit in (*SOCKETS, SERVICE):
            self.assertFalse(is_active(unit), unit)
        self.assertFalse(os.path.exists("/usr/bin/brokerd"))
        self.assertFalse(os.path.exists(AGENT))
        self.assertTrue((STATE / "broker.sqlite").exists())
        self.assertIn("# edited by the admin", CONFIG.read_text())
        self.assertTrue(machine.has_account("brokerd"))

    def test_13_reinstall(self):
        """The leases are still there."""
        machine.install(self.debs["newer"])
        self.assert_serving()
        self.assertEqual(len(leases()), 4)
        self.assertIn("# edited by the admin", CONFIG.read_text())

    def test_14_purge(self):
        """State and configuration go; accounts and backups stay."""
        result = attempt("dpkg", "-P", "brokerd", "brokerctl")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(str(BACKUPS), result.stderr)
        self.assertFalse(STATE.exists())
        self.assertFalse(CONFIG.exists())
        self.assertTrue(self.backup().exists())
        self.assertTrue(machine.has_account("brokerd"))
        for unit in (*SOCKETS, SERVICE):
            self.assertEqual(machine.prop("LoadState", unit), "not-found", unit)
        for folder in ("multi-user.target.wants", "sockets.target.wants"):
            links = Path("/etc/systemd/system") / folder
            self.assertEqual([*links.glob("brokerd*")] if links.exists() else [], [])

    def test_15_install_again(self):
        """As on the first day."""
        machine.install(self.debs["shown"])
        self.assert_serving()
        self.assertEqual(self.status()["seats"]["total"], 0)
        self.assertIn("seats", run("brokerctl", "status", user="alice"))


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Lifecycle)
    result = unittest.TextTestRunner(verbosity=2, failfast=True).run(suite)
    failed = len(result.failures) + len(result.errors)
    Path(sys.argv[1]).write_text(f"{result.testsRun - failed} {failed}\n")
    sys.exit(1 if failed else 0)
