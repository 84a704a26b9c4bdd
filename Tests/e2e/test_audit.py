"""The audit and the history behind it: real people, crashes, edits by root, a full disk."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing

from broker import site, world
from broker.case import BrokerCase
from broker.crowd import Crowd

# What a rebuilt history may differ in: salts are drawn, and the chain with them.
COLUMNS = (
    "sequence, revision, at, uid, name, role, channel, verb, target_kind, target, details, holder,"
    " people, why, outcome"
)


def rows(daemon, sql):
    """What the history of a stopped daemon holds."""
    with closing(sqlite3.connect(daemon.state / "history.db")) as history:
        return history.execute(sql).fetchall()


def edit(daemon, sql):
    """What somebody with root's rights does to the history of a stopped daemon."""
    with closing(sqlite3.connect(daemon.state / "history.db")) as history:
        history.executescript(sql)


class Audit(BrokerCase):
    seconds_max = 240

    def audit(self, daemon, query=""):
        """The items that a query finds."""
        return daemon.listed("/v1/audit" + (f"?{query}" if query else ""), "audit")

    def verify(self, daemon, query=""):
        with daemon.control() as client:
            return self.assert_status(client.get("/v1/audit/verify" + query), 200).json

    def caught_up(self, daemon):
        """The status, once the history holds what the journal holds."""

        def look():
            with daemon.control() as client:
                status = client.get("/v1/status").json
            history = status["history"]
            return (
                history["state"] == "current"
                and history["revision"] == status["store"]["revision"]
                and status
            )

        return self.eventually(look, seconds=30, why="the history does not catch up")

    def wave(self, daemon, agents=150, seed=1):
        """A crowd that asks for seats and gives some of them back."""
        names = [world.agent(number) for number in range(1, agents + 1)]
        crowd = Crowd(daemon, names, release_share=0.5, seed=seed).go()
        crowd.results()

    def test_who_what_when_why_and_outcome(self):
        daemon = self.daemon(site.department(quota=60))
        alice = world.agent(1)
        lease = self.grant(daemon, alice)
        with daemon.control() as client:
            path = f"/v1/pools/{lease['pool']}"
            self.assert_status(client.post(f"{path}/cordon", {"reason": "new image"}), 200)
            self.assert_status(client.post(f"{path}/uncordon", {"reason": "tested"}), 200)
            refused = client.post(f"{path}/resize", {"size": 3, "if_revision": 9999})
            self.assert_problem(refused, "revision-mismatch", 412)
            dry = client.post(f"{path}/resize", {"size": 3, "if_revision": 9999, "dry_run": True})
            self.assertEqual(dry.status, 412)
            client.post(f"/v1/leases/{lease['id']}/revoke", {"reason": "she left"})
            # What was acknowledged is in the answer to the next question.
            items = client.get("/v1/audit?limit=1000").json["audit"]
        said = [(i["name"], i["channel"], i["verb"], i["target"], i["why"], i["outcome"]) for i in items]
        pool, name = f"pool/{lease['pool']}", f"lease/{lease['id']}"
        for wanted in (
            (alice, "agent", "grant", name, None, "done"),
            ("root", "control", "pool-cordon", pool, "new image", "done"),
            ("root", "control", "pool-uncordon", pool, "tested", "done"),
            ("root", "control", "pool-resize", pool, None, "revision-mismatch"),
            ("root", "control", "revoke", name, "she left", "done"),
        ):
            self.assertEqual(said.count(wanted), 1, (wanted, said))
        self.assertEqual([i["sequence"] for i in items], list(range(1, len(items) + 1)))
        granted = next(item for item in items if item["verb"] == "grant")
        self.assertEqual(granted["holder"], alice)
        self.assertEqual(granted["details"]["token"], lease["token"])
        self.filters(daemon, items, alice, pool)
        self.assertTrue(self.verify(daemon)["whole"])

    def filters(self, daemon, items, alice, pool):
        for query, wanted in (
            (f"actor={alice}", lambda i: i["name"] == alice),
            ("actor=0", lambda i: i["uid"] == 0),
            ("verb=pool-cordon", lambda i: i["verb"] == "pool-cordon"),
            (f"target={pool}", lambda i: i["target"] == pool),
            (f"target=holder/{alice}", lambda i: i["holder"] == alice),
            ("target=site", lambda i: i["target"] == "site"),
            ("outcome=revision-mismatch", lambda i: i["outcome"] == "revision-mismatch"),
            (f"from={items[3]['at']}", lambda i: i["at"] >= items[3]["at"]),
            (f"to={items[3]['at']}", lambda i: i["at"] < items[3]["at"]),
        ):
            self.assertEqual(
                self.audit(daemon, query), [i for i in items if wanted(i)], query
            )
        with daemon.control() as client:
            for wrong in ("verb=no", "from=yesterday", "target=nothing/x", "after=x", "actor=",
                          "target=", "outcome=", "head=1"):  # fmt: skip
                self.assert_problem(client.get(f"/v1/audit?{wrong}"), "bad-request", 400)
            self.assertEqual(client.get("/v1/audit/verify?head=1:2").status, 400)
            page = client.get("/v1/audit?limit=2").json
            rest = client.get(f"/v1/audit?limit=2&after={page['next']}").json
            self.assertEqual(page["audit"] + rest["audit"], items[:4])
        with daemon.agent(alice) as client:
            self.assertEqual(client.get("/v1/audit").status, 403)

    def test_killed_in_the_middle_and_rebuilt(self):
        """Whatever is killed when, the history says what the journal says."""
        daemon = self.daemon(site.department(quota=60))
        chance = random.Random(20261124)
        for crash in range(8):
            self.wave(daemon, seed=crash)
            time.sleep(chance.random() * 0.3)
            daemon.kill()
            daemon.start()
        self.caught_up(daemon)
        report = self.verify(daemon)
        self.assertTrue(report["whole"], report)
        self.assertGreater(report["items"], 300)
        daemon.stop()
        grown = rows(daemon, f"SELECT {COLUMNS} FROM audit ORDER BY sequence")
        leases = rows(daemon, "SELECT * FROM lease ORDER BY grant_revision")
        for name in ("history.db", "history.db-wal", "history.db-shm"):
            (daemon.state / name).unlink(missing_ok=True)
        daemon.start()
        self.caught_up(daemon)
        self.assertTrue(self.verify(daemon)["whole"])
        daemon.stop()
        self.assertEqual(rows(daemon, f"SELECT {COLUMNS} FROM audit ORDER BY sequence"), grown)
        self.assertEqual(rows(daemon, "SELECT * FROM lease ORDER BY grant_revision"), leases)

    def test_edits_are_found(self):
        daemon = self.daemon(site.department(quota=60))
        self.wave(daemon, agents=40)
        status = self.caught_up(daemon)
        head = self.verify(daemon)["head"]
        code, out, _ = self.brokerctl(daemon, "root", "audit", "verify", "--head", head)
        self.assertEqual(code, 0, out)
        daemon.stop()
        shutil.copy(daemon.state / "history.db", daemon.folder / "whole")
        last = int(head.split(":")[0])
        for sql, findings in (
            ("UPDATE audit SET why = 'nothing happened' WHERE sequence = 7", [("edited", 7)]),
            ("UPDATE audit SET name = 'mallory' WHERE sequence = 9", [("edited", 9)]),
            ("UPDATE audit SET outcome = 'done', role = 99 WHERE sequence = 9", [("edited", 9)]),
            ("DELETE FROM audit WHERE sequence = 8", [("missing", 8)]),
            ("DELETE FROM audit WHERE sequence = 8; UPDATE audit SET role = 99 WHERE sequence = 9",
             [("missing", 8), ("edited", 9)]),
            # The head that was written down is that of the item itself.
            (f"DELETE FROM audit WHERE sequence = {last}", [("missing", last), ("head", last)]),
            ("UPDATE lease SET holder = x'00' WHERE grant_revision > 0", []),
        ):
            edit(daemon, sql)
            daemon.start()
            code, out, err = self.brokerctl(
                daemon, "root", "audit", "verify", "--head", head, "-o", "json"
            )
            if not findings:
                # The audit has no part in it; whoever asks for such a lease is told so.
                self.assertEqual(code, 0, out)
                with daemon.control() as client:
                    self.assert_status(client.get("/v1/leases?state=ended"), 200)
            else:
                self.assertEqual(code, 65, (sql, out, err))
                found = [(f["what"], f["sequence"]) for f in json.loads(out)["findings"]]
                self.assertEqual(found, findings, sql)
            daemon.stop()
            for name in ("history.db-wal", "history.db-shm"):
                (daemon.state / name).unlink(missing_ok=True)
            shutil.copy(daemon.folder / "whole", daemon.state / "history.db")
        self.assertIn("--head finds any edit", daemon.log())
        self.assertEqual(status["history"]["reason"], None)

    def test_a_damaged_history_is_made_anew(self):
        daemon = self.daemon(site.department(quota=60))
        self.wave(daemon, agents=40)
        before = self.caught_up(daemon)
        daemon.kill()
        for name in ("history.db-wal", "history.db-shm"):
            (daemon.state / name).unlink(missing_ok=True)
        (daemon.state / "history.db").write_bytes(b"This is no database. " * 500)
        daemon.start()
        after = self.caught_up(daemon)
        self.assertEqual(after["store"]["revision"], before["store"]["revision"])
        self.assertTrue((daemon.state / "history.db.damaged").exists())
        self.assertIn("the history was not whole", daemon.log())
        self.assertTrue(self.verify(daemon)["whole"])
        self.assertTrue(self.audit(daemon, "verb=site-apply"))

    def test_ended_leases(self):
        daemon = self.daemon(site.department(quota=60))
        first = self.grant(daemon, world.agent(1))
        self.release(daemon, first)
        # Of leases that were granted in the past, the history tells as the state does.
        with daemon.agent(world.agent(2)) as client:
            for _ in range(30):
                lease = self.assert_status(client.post("/v1/leases"), 200, 201).json
                client.delete(f"/v1/leases/{lease['id']}")
                # Fifty requests a second.
                time.sleep(0.05)
        shown = self.lease(daemon, first)
        self.assertEqual((shown["state"], shown["end_reason"]), ("ended", "released"))
        ended = daemon.leases("state=ended")
        self.assertEqual(len(ended), 31)
        self.assertEqual([lease["id"] for lease in ended][0], first["id"])

    def test_the_broker_serves_on_without_it(self):
        """A history that cannot be kept stops nobody."""
        daemon = self.daemon(site.department(quota=60), start=False)
        path = daemon.state / "history.db"
        path.mkdir()
        (path / "x").write_text("in the way")
        aside = daemon.state / "history.db.damaged"
        aside.mkdir()
        (aside / "x").write_text("in the way too")
        daemon.start()
        lease = self.grant(daemon, world.agent(1))

        def failed():
            with daemon.control() as client:
                return client.get("/v1/status").json["history"]["state"] == "failed"

        self.eventually(failed, why="the status does not say so")
        self.assertIn("the history takes nothing for now", daemon.log())
        with daemon.control() as client:
            self.assert_problem(client.get("/v1/audit"), "unavailable", 503)
        self.release(daemon, lease)
        shutil.rmtree(path)
        shutil.rmtree(aside)
        self.caught_up(daemon)
        self.assertEqual(len(self.audit(daemon, f"target=lease/{lease['id']}")), 2)

    def test_a_full_disk(self):
        """The history waits for space, and then has all of it."""
        daemon = self.daemon(site.department(quota=60), start=False)
        owner = world.user(daemon.run_as)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size=24m,uid={owner.uid},gid={owner.gid},mode=0755",
             "tmpfs", str(daemon.state)], check=True)  # fmt: skip
        self.addCleanup(subprocess.run, ["umount", "-l", str(daemon.state)])
        daemon.start()
        lease = self.grant(daemon, world.agent(1))
        self.caught_up(daemon)
        filler = daemon.state / "filler"
        with open(filler, "wb") as file:
            try:
                while True:
                    file.write(b"x" * 65536)
            except OSError:
                pass
        self.wave(daemon, agents=40)
        self.assertTrue(daemon.alive())
        self.release(daemon, lease)
        filler.unlink()
        self.eventually(
            lambda: self.daemon_grants(daemon), seconds=10, why="grants do not come back"
        )
        self.caught_up(daemon)
        self.assertTrue(self.verify(daemon)["whole"])
        daemon.signal(signal.SIGTERM)
        self.assertEqual(daemon.process.wait(6), 0)

    def daemon_grants(self, daemon):
        with daemon.agent(world.agent(3)) as client:
            return client.post("/v1/leases").status in (200, 201)
