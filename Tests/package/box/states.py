"""States that earlier versions have written, given to the daemon of this one.

states.py COUNTS FOLDER: the packages lie in FOLDER/shown; "PASSED FAILED" goes to COUNTS.

A form that is still read has to say what it said then; one that is not has to be refused with the
way out, and left as it was.
"""

import hashlib
import json
import shutil
import sys
import tarfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

import debs as packages  # noqa: E402
from box import machine  # noqa: E402
from box.machine import CONFIG, SERVICE, SOCKETS, STATE, attempt, eventually, run  # noqa: E402
from broker.case import instant  # noqa: E402

STATES = sorted((Path(__file__).resolve().parents[1] / "states").glob("form-*.tar.xz"))
FORM = Path("/usr/share/brokerd/state-form")


def form_of(file):
    """The number of the form, which the file's name has."""
    return int(file.name.removeprefix("form-").split(".")[0])


class States(unittest.TestCase):
    """Each of the states that are kept."""

    @classmethod
    def setUpClass(cls):
        machine.install(packages.built(Path(sys.argv[2]) / "shown"))
        CONFIG.write_text(CONFIG.read_text().replace("# seat_limit = 1700 ", "seat_limit = 200 "))
        # A version reads its own form and the one before.
        cls.oldest_read = int(FORM.read_text()) - 1

    def test_all(self):
        """There are some, and each is served or refused."""
        self.assertTrue(STATES)
        for archive in STATES:
            with self.subTest(archive.name):
                self.put(archive)
                told = json.loads(archive.with_name(archive.name[: -len(".tar.xz")] + ".json").read_text())
                before = self.digest()
                attempt("systemctl", "start", *SOCKETS, SERVICE)
                must_read = form_of(archive) >= self.oldest_read
                self.assertEqual(machine.is_active(SERVICE), must_read, machine.log_of())
                if must_read:
                    print(f"measured: {archive.name} is read", flush=True)
                    self.served(told)
                else:
                    print(f"measured: {archive.name} is refused", flush=True)
                    self.refused(before)

    def test_backups(self):
        """Each is restored, with its leases, or refused with its form."""
        backups = sorted(STATES[0].parent.glob("form-*.backup"))
        self.assertTrue(backups)
        for backup in backups:
            with self.subTest(backup.name):
                told = json.loads(backup.with_suffix(".json").read_text())
                self.clear()
                with backup.open() as file:
                    result = attempt(
                        "brokerd", "restore", "--config", CONFIG, "-", user="brokerd", stdin=file
                    )
                said = (result.stdout + result.stderr).splitlines()[0]
                print(f"measured: {backup.name}: {said}", flush=True)
                if result.returncode != 0:
                    self.assertLess(form_of(backup), self.oldest_read, said)
                    self.assertEqual(result.returncode, 78, result.stderr)
                    self.assertIn("an earlier version", result.stderr)
                    continue
                run("systemctl", "start", *SOCKETS, SERVICE)
                with machine.control() as client:
                    for number, lease in told["leases"].items():
                        self.same(client.get(f"/v1/leases/{number}"), lease)

    def clear(self):
        """Nothing runs, and there is no state."""
        run("systemctl", "stop", *SOCKETS, SERVICE)
        shutil.rmtree(STATE)
        run("systemd-tmpfiles", "--create", "brokerd.conf")

    def put(self, archive):
        """Makes it the daemon's state."""
        self.clear()
        with tarfile.open(archive) as files:
            files.extractall(STATE)
        run("chown", "-R", "brokerd:brokerd", STATE)

    def digest(self):
        """Of the database and its log."""
        files = sorted(STATE.glob("broker.sqlite*"))
        return {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in files if not file.name.endswith("-shm")
        }  # fmt: skip

    def served(self, told):
        """Site, pools, tokens and leases are what they were; who was to run out has."""
        with machine.control() as client:
            status = client.get("/v1/status").json
            self.assertEqual(status["instance"], told["instance"])
            self.assertGreaterEqual(status["store"]["revision"], told["revision"])
            answer = client.put("/v1/site?dry_run=true", told["site"])
            self.assertEqual((answer.status, answer.json["changed"]), (200, False), answer)
            for name, pool in told["pools"].items():
                found = client.get(f"/v1/pools/{name}").json
                self.assertEqual({key: found[key] for key in pool}, pool)
            for name, token in told["tokens"].items():
                self.assertEqual(client.get(f"/v1/seats/{name}").json["token"], token, name)
            for number, lease in told["leases"].items():
                self.same(client.get(f"/v1/leases/{number}"), lease)

    def same(self, answer, lease):
        """A lease, which may have run out since."""
        self.assertEqual(answer.status, 200, answer)
        found = answer.json
        for key in ("token", "seat", "pool", "group", "holder", "granted_at", "expires_at"):
            self.assertEqual(found[key], lease[key], (key, found))
        if lease["state"] == "ended" or instant(lease["expires_at"]) > time.time():
            self.assertEqual(found["state"], lease["state"], found)
            self.assertEqual(found["end_reason"], lease["end_reason"], found)
        else:
            self.assertEqual((found["state"], found["end_reason"]), ("ended", "expired"), found)

    def refused(self, before):
        """With the way out, which leads to a service that runs."""
        eventually(lambda: machine.prop("ActiveState") == "failed", 30)
        self.assertEqual(machine.prop("ExecMainStatus"), "78")
        log = machine.log_of()
        self.assertIn("an earlier version", log)
        self.assertIn("brokerd restore --accept-loss", log)
        self.assertEqual(self.digest(), before, "a state that is refused was changed")
        aside = Path(f"{STATE}.earlier")
        shutil.rmtree(aside, ignore_errors=True)
        STATE.rename(aside)
        run("systemd-tmpfiles", "--create", "brokerd.conf")
        run("brokerd", "restore", "--accept-loss", aside, "--config", CONFIG, user="brokerd")
        run("systemctl", "reset-failed", *SOCKETS, SERVICE)
        run("systemctl", "start", *SOCKETS, SERVICE)
        self.assertTrue(machine.is_active(SERVICE))


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(States)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors)
    Path(sys.argv[1]).write_text(f"{max(0, result.testsRun - failed)} {failed}\n")
    sys.exit(1 if failed else 0)
