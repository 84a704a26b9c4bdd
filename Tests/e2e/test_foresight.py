"""Changes that can be foreseen: who is displaced, what falls short, when a grant will pass."""

import datetime

from broker import site
from broker.case import instant, measured
from broker.house import GRACE_ENDS, HOURS, NOON, House, house
from broker.turns import FOUR, ONE, THREE, TWO

DATA, USAGE = 65, 64


class DryRuns(House):
    def setUp(self):
        super().setUp()
        ttls = (3600, 7200, None)
        self.held = [
            self.grant(self.broker, name, {"ttl_seconds": ttl} if ttl else None)
            for name, ttl in zip(ONE[:3], ttls, strict=True)
        ]
        self.before = self.all_there_is()

    def ids(self, plan):
        return [lease["id"] for lease in plan["displaced"]]

    def held_ids(self, *indices):
        return [self.held[index]["id"] for index in indices]

    def test_resize(self):
        path, body = "/v1/pools/telework/resize", {"size": 2}
        plan = self.post(path, {**body, "dry_run": True}, name="alice")
        self.assertEqual(self.all_there_is(), self.before)
        self.assertEqual((plan["retired"], self.ids(plan)), (3, self.held_ids(0)))
        self.assertEqual(plan["complete_by"], self.held[0]["expires_at"])
        self.assert_told(plan, "Tue 2026-11-24 13:00-13:10 Europe/Paris: quotas 8, seats 2")
        done = self.post(path, body, name="alice")
        self.assertEqual(self.ids(done), self.ids(plan))
        self.assertEqual(self.texts(done)[1:], self.texts(plan)[1:])
        self.assertEqual(self.lease(self.broker, self.held[0])["state"], "ending")

    def test_drain_of_a_pool(self):
        path, body = "/v1/pools/telework/drain", {"reason": "move", "deadline_seconds": 5400}
        plan = self.post(path, {**body, "dry_run": True})
        self.assertEqual(self.all_there_is(), self.before)
        self.assertEqual((plan["leases"], plan["cut_at_deadline"]), (3, 2))
        self.assertEqual(plan["ends"], [{"at": self.held[0]["expires_at"], "count": 1}])
        self.assertEqual(self.ids(plan), self.held_ids(1, 2))
        self.assert_close(instant(plan["deadline_at"]), self.clock.now() + 5400, 2)
        self.assert_told(plan, "Tue 2026-11-24 13:00-13:10 Europe/Paris: quotas 8, seats 0")
        done = self.post(path, body)
        self.assertEqual(self.ids(done), self.ids(plan))
        self.clock.pass_until(self.broker, instant(done["deadline_at"]) + 1)
        ends = [self.lease(self.broker, lease)["end_reason"] for lease in self.held]
        self.assertEqual(ends, ["expired", "drained", "drained"])

    def test_drain_of_a_seat(self):
        seat = self.held[1]["seat"]["name"]
        path, body = f"/v1/seats/{seat}/drain", {"reason": "disk", "deadline_seconds": 60}
        plan = self.post(path, {**body, "dry_run": True})
        self.assertEqual(self.all_there_is(), self.before)
        self.assertEqual((plan["leases"], self.ids(plan)), (1, self.held_ids(1)))
        self.assertEqual(self.ids(self.post(path, body)), self.ids(plan))

    def test_group(self):
        plan = self.put_group("dept01", "?dry_run=true", slots=["mon.am"], quota=7)
        self.assertEqual(self.all_there_is(), self.before)
        self.assertEqual(self.ids(plan), self.held_ids(0, 1, 2))
        self.assertEqual({lease["ending_reason"] for lease in plan["displaced"]}, {"window-closed"})
        self.assertEqual((plan["group"]["quota"], plan["group"]["open"]), (7, False))
        for lease in plan["displaced"]:
            self.assert_close(instant(lease["expires_at"]), self.clock.now() + 600, 3)
        self.assert_told(plan, "Mon 2026-11-30 13:00-13:10 Europe/Paris: quotas 11, seats 6")

    def test_site(self):
        answer = self.control.put("/v1/site?dry_run=true", house(2))
        plan = self.assert_status(answer, 200).json
        self.assertEqual(self.all_there_is(), self.before)
        self.assertEqual(self.ids(plan), self.held_ids(0))
        self.assertTrue(plan["changed"])
        self.assertIn("-size = 6\n+size = 2\n", plan["diff"])
        self.assert_told(plan, "Tue 2026-11-24 13:00-13:10 Europe/Paris: quotas 8, seats 2")
        # Whose windows go with it.
        moved = house().replace('"tue.am"', '"wed.am"')
        plan = self.assert_status(self.control.put("/v1/site?dry_run=true", moved), 200).json
        self.assertEqual(self.ids(plan), self.held_ids(0, 1, 2))
        self.assertEqual(self.all_there_is(), self.before)

    def test_by_the_command_line(self):
        """Each shows who and what falls short, and does nothing."""
        path = self.scratch("smaller.toml", house(2))
        holder, short = self.held[0]["holder"], "Europe/Paris: quotas 4, seats"
        for command in (
            ["pool", "resize", "telework", "2"],
            ["pool", "drain", "telework", "--reason", "move", "--deadline", "30m"],
            ["group", "set", "dept01", "--slots", "mon.am"],
            ["site", "apply", "-f", path],
        ):
            with self.subTest(command=command):
                stdout, _ = self.cli("alice", *command, "--dry-run")
                self.assertIn(holder, stdout)
                if command[0] != "group":
                    self.assertIn(short, stdout)
                # Without --yes and without a person nothing is done either.
                self.cli("alice", *command, code=USAGE)
        seats = ["seat", "drain", "telework-[0001-0002]", "--reason", "x", "--deadline", "1m"]
        self.cli("alice", *seats, "--dry-run")
        self.assertEqual(self.all_there_is(), self.before)


class Revisions(House):
    """A forecast that is stale is not acted upon."""

    def test_of_a_pool(self):
        revision = self.pool(self.broker, "telework")["revision"]
        self.grant(self.broker, ONE[0])
        body = {"size": 5, "if_revision": revision}
        self.post("/v1/pools/telework/resize", body, name="alice")
        drain = {"reason": "move", "if_revision": revision}
        answer = self.control.post("/v1/pools/telework/drain", drain)
        self.assert_problem(answer, "revision-mismatch", 412)
        answer = self.control.post("/v1/pools/telework/drain", {**drain, "dry_run": True})
        self.assert_problem(answer, "revision-mismatch", 412)
        self.cli("alice", "pool", "drain", "telework", "--reason", "move", "--yes",
                 "--if-revision", str(revision), code=DATA)  # fmt: skip
        self.assertEqual(self.pool(self.broker, "telework")["state"], "open")
        drain["if_revision"] = self.pool(self.broker, "telework")["revision"]
        self.post("/v1/pools/telework/drain", drain)

    def test_of_the_site(self):
        """What others did to the site meanwhile counts, and leases do not."""
        change = house(5)
        for number, other in enumerate((
            lambda: self.put_group("dept03", quota=1),
            lambda: self.post("/v1/pools/lab/resize", {"size": 3}, name="alice"),
            lambda: self.assert_status(self.control.delete("/v1/groups/dept03"), 204),
        )):  # fmt: skip
            with self.subTest(other=number):
                self.assert_status(self.control.put("/v1/site", house()), 200)
                plan = self.control.put("/v1/site?dry_run=true", change).json
                group = self.put_group("dept01", "?dry_run=true", quota=5)
                other()
                for revision in (plan["revision"], group["revision"]):
                    answer = self.control.put(f"/v1/site?if_revision={revision}", change)
                    self.assert_problem(answer, "revision-mismatch", 412)
                    self.put_group("dept01", f"?if_revision={revision}", status=412, quota=5)
        self.assert_status(self.control.put("/v1/site", house()), 200)
        plan = self.control.put("/v1/site?dry_run=true", change).json
        self.release(self.broker, self.grant(self.broker, ONE[0]))
        answer = self.control.put(f"/v1/site?if_revision={plan['revision']}", change)
        self.assert_status(answer, 200)
        path = self.scratch("stale.toml", house())
        revision = str(plan["revision"])
        self.cli("alice", "site", "apply", "-f", path, "--yes", "--if-revision", revision,
                 code=DATA)  # fmt: skip
        self.cli("alice", "group", "set", "dept01", "--quota", "3", "--yes", "--if-revision",
                 revision, code=DATA)  # fmt: skip
        self.assertEqual(self.pool(self.broker, "telework")["size"], 5)


class Feasible(House):
    """Windows are proven for all the time to come: exceptions, summer time and grace included."""

    def apply(self, text):
        return self.assert_status(self.control.put("/v1/site", text), 200).json

    def test_quotas_are_a_warning(self):
        """With the first time at which they do not fit."""
        half = [
            site.group(f"dept{n:02d}", ["telework"], 300,
                       slots=["mon.am" if n < 4 else "mon.pm"]) for n in range(1, 7)
        ]  # fmt: skip
        text = site.site(site.pool("telework", 1700), *half, site.rota(HOURS))
        words = "Mon 2026-11-30 13:00-13:10 Europe/Paris: quotas 1,800, seats 1,700"
        path = self.scratch("quotas.toml", text)
        stdout, _ = self.cli("alice", "site", "apply", "-f", path, "--dry-run")
        self.assertIn(f"warning: {words}", stdout)
        first = self.apply(text)["shortfalls"][0]
        self.assertTrue(first["text"].startswith(words), first)
        self.assertEqual(
            (first["from"], first["to"], first["quotas"], first["seats"]),
            ("2026-11-30T12:00:00.000Z", "2026-11-30T12:10:00.000Z", 1800, 1700),
        )
        self.assertEqual(first["groups"], [f"dept{n:02d}" for n in range(1, 7)])
        stdout, _ = self.cli("alice", "site", "apply", "-f", path, "--yes")
        self.assertIn(words, stdout)
        # No grace, no overlap.
        self.assertEqual(self.apply(text.replace("[rota]", "[rota]\ngrace_seconds = 0"))[
            "shortfalls"], [])  # fmt: skip

    def test_an_hour_that_is_there_twice(self):
        """On one night of the year, groups that never meet do."""
        night = [
            site.group("dept01", ["telework"], 4, slots=site.every_day("night")),
            site.group("dept02", ["telework"], 4, slots=site.every_day("late")),
        ]
        rota = site.rota({"night": "00:00-02:30", "late": "02:30-06:00"}, grace_seconds=0)
        short = self.apply(site.site(site.pool("telework", 6), *night, rota))["shortfalls"]
        self.assertEqual(len(short), 1)
        self.assertEqual((short[0]["from"], short[0]["to"]),
                         ("2027-10-31T00:30:00.000Z", "2027-10-31T01:30:00.000Z"))  # fmt: skip
        self.assertTrue(short[0]["text"].startswith(
            "Sun 2027-10-31 02:30-02:30 Europe/Paris: quotas 8, seats 6"), short)  # fmt: skip

    def test_reserves_are_refused(self):
        """Where groups in turn together reserve more than there is; not where they take turns."""
        self.apply(house(reserve=4))
        before = self.control.get("/v1/site").body
        both = "[[rota.exception]]\ndate = 2026-12-25\nslots = { am = [\"dept01\", \"dept02\"] }\n"
        for case, text, words in (
            ("a slot", house(reserve=4).replace('"mon.pm"', '"mon.am"'),
             "Mon 2026-11-30 08:00-13:00 Europe/Paris: reserves 8, seats 6"),
            ("a date", house(reserve=4) + both,
             "Fri 2026-12-25 08:00-13:00 Europe/Paris: reserves 8, seats 6"),
        ):  # fmt: skip
            with self.subTest(case=case):
                for query in ("?dry_run=true", ""):
                    answer = self.control.put(f"/v1/site{query}", text)
                    problem = self.assert_problem(answer, "bad-request", 400).json
                    self.assertIn(words, problem["detail"])
                lines = text.splitlines()
                second = [i for i, line in enumerate(lines, 1) if line.startswith("reserve")][1]
                self.assertEqual((problem["line"], problem["column"]),
                                 (second, lines[second - 1].index("4") + 1))  # fmt: skip
                path = self.scratch("reserves.toml", text)
                _, stderr = self.cli("alice", "site", "apply", "-f", path, "--yes", code=DATA)
                self.assertIn(f"{path}:{second}:", stderr)
                self.assertIn(words, stderr)
        answer = self.control.put("/v1/groups/dept02", {
            "members": ["@dept02"], "pools": ["telework"], "reserve": 4, "slots": ["mon.am"],
        })  # fmt: skip
        self.assert_problem(answer, "bad-request", 400)
        self.assertIn("reserves 8, seats 6", answer.json["detail"])
        self.assertEqual(self.control.get("/v1/site").body, before)


class Earliest(House):
    """`explain` names the first instant at which a grant passes: then it does, and not before."""

    text = site.site(
        site.pool("telework", 2),
        site.group("dept01", ["telework"], slots=["mon.am", "tue.am"]),
        site.group("dept02", ["telework"], slots=["mon.pm", "tue.pm", "wed.am"]),
        site.group("dept03", ["telework"], 1),
        site.group("dept04", ["telework"]),
        site.rota(HOURS),
    )

    def explain(self, name, at=None):
        query = f"&at={at}" if at else ""
        answer = self.control.get(f"/v1/explain?agent={name}&pool=telework{query}")
        return self.assert_status(answer, 200).json

    def check(self, name, wanted, *failed):
        """What is said of a person holds, for now and for any instant, and comes true."""
        told = self.explain(name)
        self.assertEqual((told["outcome"], told["earliest_at"]), ("refused", wanted), told)
        rules = {rule["rule"]: rule for rule in told["rules"]}
        self.assertEqual({rule for rule in rules if not rules[rule]["passed"]}, set(failed))
        moment = instant(wanted)
        before = datetime.datetime.fromtimestamp(moment - 1, datetime.UTC)
        told = self.explain(name, f"{before:%Y-%m-%dT%H:%M:%S}.{before.microsecond // 1000:03d}Z")
        self.assertEqual((told["outcome"], told["earliest_at"]), ("refused", wanted), told)
        told = self.explain(name, wanted)
        self.assertEqual((told["outcome"], told["earliest_at"]), ("granted", wanted), told)
        self.clock.pass_until(self.broker, moment - 1)
        self.assertGreaterEqual(self.ask(name).status, 400)
        self.clock.pass_until(self.broker, moment)
        lease = self.grant(self.broker, name)
        self.assert_close(instant(lease["granted_at"]), moment, 1)
        return lease

    def test_an_opening(self):
        told = self.explain(TWO[0])
        rule = next(rule for rule in told["rules"] if rule["rule"] == "outside-window")
        self.assertEqual(rule["opens_at"], NOON)
        stdout, _ = self.cli("olga", "explain", TWO[0], "--pool", "telework")
        self.assertIn("Earliest: at 13:00", stdout)
        self.assertRegex(stdout, r"(?m)^outside-window +no +dept02 ")
        stdout, _ = self.cli("olga", "explain", TWO[0], "--at", "14:00")
        self.assertTrue(stdout.startswith("granted: "), stdout)
        self.check(TWO[0], NOON, "outside-window")

    def test_an_opening_and_a_lease(self):
        """The window opens while the seats are still taken, in the grace of those before."""
        for name in ONE[:2]:
            self.grant(self.broker, name)
        self.check(TWO[0], GRACE_ENDS, "outside-window", "pool-exhausted")

    def test_a_lease(self):
        lease = self.grant(self.broker, FOUR[0], {"ttl_seconds": 1800})
        self.grant(self.broker, FOUR[1])
        self.check(ONE[0], lease["expires_at"], "pool-exhausted")

    def test_beyond_the_window(self):
        """The seat comes free when the person's window is over: it is the next window."""
        for name in FOUR[:2]:
            self.grant(self.broker, name, {"ttl_seconds": 4 * 3600})
        self.check(ONE[0], "2026-11-30T07:00:00.000Z", "pool-exhausted")

    def test_a_quota(self):
        lease = self.grant(self.broker, THREE[0], {"ttl_seconds": 900})
        self.check(THREE[1], lease["expires_at"], "quota-exceeded")

    def test_a_drain_to_come(self):
        """What it cuts comes free when the pool is closed: no instant is known."""
        for name in FOUR[:2]:
            self.grant(self.broker, name)
        drain = {"reason": "move", "at": "2026-11-24T10:00:00Z", "deadline_seconds": 60}
        self.post("/v1/pools/telework/drain", drain)
        told = self.explain(ONE[0])
        self.assertEqual((told["outcome"], told["earliest_at"]), ("refused", None))
        told = self.explain(ONE[0], "2026-11-24T10:00:30Z")
        rules = {rule["rule"]: rule["passed"] for rule in told["rules"]}
        self.assertFalse(rules["pool-draining"])

    def test_at_any_instant(self):
        """Every quarter of an hour of the next two days, by the windows alone."""
        begins, count = instant("2026-11-24T09:15:00Z"), 0
        windows = [("2026-11-24T12:00:00Z", "2026-11-24T17:30:00Z"),
                   ("2026-11-25T07:00:00Z", "2026-11-25T12:00:00Z"),
                   ("2026-11-30T12:00:00Z", "2026-11-30T17:30:00Z")]  # fmt: skip
        for quarter in range(200):
            at = datetime.datetime.fromtimestamp(begins + quarter * 900, datetime.UTC)
            text = f"{at:%Y-%m-%dT%H:%M:%S}Z"
            told = self.explain(TWO[0], text)
            start, _ = next(w for w in windows if text < w[1])
            self.assertEqual(told["outcome"], "granted" if start <= text else "refused", text)
            self.assertEqual(told["earliest_at"], max(start, text)[:-1] + ".000Z", text)
            count += told["outcome"] == "granted"
        measured(f"explain: 200 instants asked about, in turn at {count}")
