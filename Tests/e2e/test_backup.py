"""A copy of the state while serving; restored elsewhere, every token is above all that were given."""

import os
import subprocess
import time
from pathlib import Path

from broker import site, world
from broker.case import BrokerCase, measured
from broker.crowd import Crowd


class Backup(BrokerCase):
    def restore(self, broker, path, stdin=None):
        return subprocess.run(
            [world.program("brokerd"), "restore", "--config", str(broker.config), path],
            capture_output=True, text=True, timeout=30, check=False, cwd="/",
            user=world.user("brokerd").uid, group=world.user("brokerd").gid,
            env={"PATH": "/usr/bin:/bin"}, stdin=stdin,
        )  # fmt: skip

    def test_under_load_and_elsewhere(self):
        first = self.daemon(site.department(quota=None))
        names = [world.agent(n) for n in range(1, world.AGENTS + 1)]
        before = {lease["id"]: lease for lease in
                  (self.grant(first, name) for name in names[:100])}  # fmt: skip
        crowd = Crowd(first, names[100:4000], release_share=0.5).go()
        crowd.wait_for(200)
        began = time.monotonic()
        with first.control("alice") as client:
            answer = self.assert_status(client.get("/v1/backup"), 200)
        measured(f"backup: {len(answer.body) >> 10} KiB in {time.monotonic() - began:.2f} s")
        said = crowd.results()
        granted = {each.body["id"]: each.body for each in said if each.status in (200, 201)}
        top = {}
        for lease in [*before.values(), *granted.values()]:
            seat = lease["seat"]["name"]
            top[seat] = max(top.get(seat, 0), lease["token"])

        path = self.scratch("backup")
        with open(path, "wb") as file:
            file.write(answer.body)
        refused = self.restore(first, path)
        self.assertNotEqual(refused.returncode, 0)
        self.assertRegex(refused.stderr, "(?i)another process")

        second = self.daemon("", start=False)
        at = time.time()
        result = self.restore(second, path)
        self.assertEqual(result.returncode, 0, result.stderr)
        second.start()
        live = {lease["id"]: lease for lease in second.leases()}
        self.assertLessEqual(set(before), set(live))
        for key, lease in live.items():
            known = before.get(key) or granted.get(key)
            self.assertIsNotNone(known, "a lease that nobody was given")
            self.assertEqual(lease["seat"], known["seat"])
        self.assert_sums(second)
        for name in names[4000:4100]:
            lease = self.grant(second, name)
            self.assertGreater(lease["token"], top.get(lease["seat"]["name"], 0))
            self.assertGreaterEqual(lease["token"], int(at * 1000))

    def test_brokerctl(self):
        broker = self.daemon(site.department())
        self.grant(broker, world.agent(1))
        path = self.scratch("copy")
        code, _, stderr = self.brokerctl(broker, "root", "backup", path)
        self.assertEqual(code, 0, stderr)
        # As Docs/OPERATIONS.md has it: root's file comes to the daemon's user through the shell.
        second = self.daemon("", start=False)
        with open(path, "rb") as copy:
            result = self.restore(second, "-", stdin=copy)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("restored 1 leases", result.stdout)
        code, _, _ = self.brokerctl(broker, "oscar", "backup", self.scratch("denied"))
        self.assertEqual(code, 77)

    def test_replaces_files_alone(self):
        """What a name stands for that is no regular file stays what it is."""
        broker = self.daemon(site.department())
        folder = Path(self.scratch("places"))
        folder.mkdir()
        pipe, link, file = folder / "pipe", folder / "link", folder / "file"
        os.mkfifo(pipe)
        link.symlink_to(file)
        file.write_text("old")
        for place in (pipe, link, folder):
            with self.subTest(place=place.name):
                before = place.lstat().st_mode
                code, _, stderr = self.brokerctl(broker, "root", "backup", str(place))
                self.assertEqual(code, 1, stderr)
                self.assertIn("no regular file", stderr)
                self.assertEqual(place.lstat().st_mode, before)
        self.assertEqual(file.read_text(), "old")
        code, _, stderr = self.brokerctl(broker, "root", "backup", str(file))
        self.assertEqual(code, 0, stderr)
        self.assertNotEqual(file.read_bytes(), b"old")
        self.assertEqual(sorted(folder.iterdir()), [file, link, pipe])

    def test_not_a_backup(self):
        broker = self.daemon("", start=False)
        result = self.restore(broker, self.scratch("nonsense", "nonsense"))
        self.assertNotEqual(result.returncode, 0)
        self.assertTrue(result.stderr)
        self.assertEqual(list(broker.state.iterdir()), [])

    def test_what_is_left(self):
        """A state that has lost its newest records is refused, and begun with what is left of it."""
        broker = self.daemon(site.department(quota=None))
        first = self.grant(broker, world.agent(1))
        broker.kill()
        log = broker.state / "broker.sqlite-wal"
        whole = log.stat().st_size
        broker.start()
        for number in range(2, 40):
            self.grant(broker, world.agent(number))
        broker.kill()
        # The log ends in the middle of what came last: SQLite takes that for an orderly end.
        cut = log.stat().st_size - 6_000
        self.assertGreater(log.stat().st_size, whole)
        os.truncate(log, cut)
        for _ in range(2):
            broker.spawn()
            self.assertEqual(broker.process.wait(10), 78)
            self.assertEqual(log.stat().st_size, cut, "the evidence was changed")
        self.assertRegex(broker.log(), "acknowledged records are missing.*restore --accept-loss")

        damaged = broker.folder / "damaged"
        broker.state.rename(damaged)
        second = self.daemon("", start=False)
        at = time.time()
        command = [world.program("brokerd"), "restore", "--config", str(second.config)]
        owner = world.user("brokerd")
        result = subprocess.run(
            [*command, "--accept-loss", str(damaged)], capture_output=True, text=True, timeout=30,
            check=False, cwd="/", user=owner.uid, group=owner.gid, env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"revision \d+; [1-9]\d* records are lost")
        self.assertEqual(log.name in os.listdir(damaged), True)
        second.start()
        live = {lease["id"]: lease for lease in second.leases()}
        self.assertIn(first["id"], live)
        self.assertLess(len(live), 39)
        self.assert_sums(second)
        for number in range(100, 150):
            lease = self.grant(second, world.agent(number))
            self.assertGreaterEqual(lease["token"], int(at * 1000))

    def test_nothing_is_left(self):
        """Not even a database: a new state, whose tokens are above all that were given."""
        broker = self.daemon(site.department())
        self.grant(broker, world.agent(1))
        broker.stop()
        (broker.state / "broker.sqlite").unlink()
        broker.spawn()
        self.assertEqual(broker.process.wait(10), 78, "a lost state was taken for a new one")
        damaged = broker.folder / "damaged"
        broker.state.rename(damaged)
        broker.state.mkdir()
        owner = world.user("brokerd")
        os.chown(broker.state, owner.uid, owner.gid)
        at = time.time()
        result = subprocess.run(
            [world.program("brokerd"), "--config", str(broker.config), "restore",
             "--accept-loss", str(damaged)], capture_output=True, text=True, timeout=30,
            check=False, cwd="/", user=owner.uid, group=owner.gid, env={"PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("nothing could be read", result.stdout)
        broker.start()
        self.assertEqual(self.pool(broker, "telework")["size"], 1700)
        self.assertGreaterEqual(self.grant(broker, world.agent(2))["token"], int(at * 1000))
