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
