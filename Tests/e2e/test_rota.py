"""What a rota says: where its mistakes stand, who may enter when, how it is shown."""

import re
import shutil
import time
from pathlib import Path

from broker import site
from broker.case import instant
from broker.turns import GRACE_ENDS, NOON, ONE, SITE, TWO, WITHOUT_SLOTS, Turns

DATA, MISSING = 65, 66


class Site(Turns):
    def test_applied_in_both_ways(self):
        self.assert_status(self.control.put("/v1/site", WITHOUT_SLOTS), 200)
        self.assertIsNone(self.control.get("/v1/status").json["rota"])
        answer = self.assert_status(self.control.put("/v1/site", SITE), 200).json
        self.assertIn('+timezone = "Europe/Paris"', answer["diff"])
        exported = self.control.get("/v1/site").body
        self.assertFalse(self.control.put("/v1/site", exported).json["changed"])

        path = self.scratch("rota.toml", SITE.replace("13:00-18:30", "13:00-19:00"))
        stdout, _ = self.cli("alice", "site", "apply", "-f", path, "--yes")
        self.assertRegex(stdout, r'(?m)^-pm = "13:00-18:30"$')
        self.assertRegex(stdout, r'(?m)^\+pm = "13:00-19:00"$')
        stdout, _ = self.cli("alice", "site", "apply", "-f", path, "--yes")
        self.assertEqual(stdout, "Nothing changes.\n")
        stdout, _ = self.cli("olga", "site", "export")
        self.assertEqual(stdout, self.control.get("/v1/site").body.decode())

    def test_the_status_says_by_which_zones(self):
        told = self.control.get("/v1/status").json
        first = Path("/usr/share/zoneinfo/tzdata.zi").read_text().splitlines()[0]
        self.assertEqual(told["rota"]["timezone"], "Europe/Paris")
        self.assertEqual(f"# version {told['rota']['tzdata']}", first)
        ahead = instant(told["rota"]["reaches_until"]) - self.clock.now()
        self.assertGreater(ahead, 370 * 86_400)
        stdout, _ = self.cli("olga", "status")
        self.assertIn("Europe/Paris", stdout)

    def test_mistakes_have_a_place(self):
        """Each is refused whole, where it stands: the place is behind the mark."""
        for case, old, new, words in (
            ("unknown zone", '"Europe/Paris"', '^"Europe/Atlantis"', "Europe/Atlantis"),
            ("a path for a zone", '"Europe/Paris"', '^"../passwd"', "passwd"),
            ("undefined slot", '"mon.am"', '^"mon.night"', "night"),
            ("no day", '"mon.am"', '^"noon"', "noon"),
            ("zero length", '"08:00-13:00"', '^"08:00-08:00"', "24:00"),
            ("no hours", '"08:00-13:00"', '^"8-13"', "08:00-13:00"),
            ("twice in an instant", '"tue.pm"', '^"mon.long"', "dept01"),
            ("the same slot twice", '"tue.pm"', '^"mon.am"', "dept01"),
            ("twice in an exception", '"pm" = ["dept02"]', '"long" = [^"dept01"]', "dept01"),
            ("unknown group", '"pm" = ["dept02"]', '"pm" = [^"nobody"]', "nobody"),
            ("undefined in an exception", '"pm" = ["dept02"]', '^"eve" = ["dept02"]', "eve"),
            ("the date twice", "2026-12-01", "^2026-11-30", "2026-11-30"),
            ("no Monday", "2026-01-05", "^2026-01-06", "2026-01-05"),
            ("week of no cycle", '"mon.am"', '^"2.mon.am"', "cycle"),
        ):  # fmt: skip
            with self.subTest(case=case):
                marked = SITE.replace(old, new, 1)
                before, _, _ = marked.partition("^")
                line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
                answer = self.control.put("/v1/site", marked.replace("^", ""))
                problem = self.assert_problem(answer, "bad-request", 400).json
                self.assertEqual((problem["line"], problem["column"]), (line, column), problem)
                self.assertIn(words, problem["detail"])
                path = self.scratch("mistake.toml", marked.replace("^", ""))
                _, stderr = self.cli("alice", "site", "apply", "-f", path, "--yes", code=DATA)
                self.assertIn(f"{path}:{line}:{column}", stderr)
        self.assertFalse(self.control.put("/v1/site", SITE).json["changed"])

    def test_mistakes_of_a_group(self):
        for slots in (["mon.night"], ["mon.am", "mon.long"], ["mon.am", "mon.am"], [""]):
            with self.subTest(slots=slots):
                self.put_group("dept01", slots=slots, status=400)
        self.assertEqual(self.group("dept01")["slots"], ["mon.am", "tue.pm"])
        self.cli("alice", "group", "set", "dept01", "--slots", "mon.night", "--yes", code=DATA)
        self.control.put("/v1/site", WITHOUT_SLOTS)
        self.put_group("dept03", slots=["mon.am"], status=400)


class SummerTime(Turns):
    """A boundary in the gap of spring, and one in the hour that autumn has twice."""

    begins = "2026-10-25T00:29:55Z"
    text = site.site(
        site.pool("telework", 50),
        site.group("dept01", ["telework"], slots=site.every_day("night")),
        site.group("dept02", ["telework"], slots=site.every_day("late")),
        site.rota({"night": "00:00-02:30", "late": "02:30-06:00", "lost": "02:05-02:55"}),
    )

    def boundary(self, at, before, after):
        """Who is in turn a moment before an instant, and from it on."""
        opens = instant(at)
        self.clock.set(self.broker, opens - 1.2)
        self.assertEqual([self.group(g)["open"] for g in ("dept01", "dept02")], before)
        self.asked(before)
        self.until(at)
        self.assertEqual([self.group(g)["open"] for g in ("dept01", "dept02")], after)
        self.asked(after)

    def asked(self, wanted):
        for names, is_open in zip((ONE, TWO), wanted, strict=True):
            answer = self.assert_status(self.ask(names[0]), *((200, 201) if is_open else (403,)))
            if is_open:
                self.release(self.broker, answer.json)

    def slots(self, date):
        rota = self.assert_status(
            self.control.get(f"/v1/rota?from={date}&to={date}T23:00:00Z"), 200
        ).json
        day = next(day for day in rota["days"] if day["date"] == date)
        return {s["name"]: (s["start"], s["end"]) for s in day["slots"]}

    def test_both(self):
        self.assertEqual(
            self.slots("2026-10-25"),
            {"night": ("2026-10-24T22:00:00.000Z", "2026-10-25T01:30:00.000Z"),
             "late": ("2026-10-25T00:30:00.000Z", "2026-10-25T05:00:00.000Z"),
             "lost": ("2026-10-25T00:05:00.000Z", "2026-10-25T01:55:00.000Z")},
        )  # fmt: skip
        # A start takes the first, an end the second: for an hour both are in turn.
        self.boundary("2026-10-25T00:30:00Z", [True, False], [True, True])
        self.boundary("2026-10-25T01:30:00Z", [True, True], [False, True])
        self.assertEqual(
            self.slots("2027-03-28"),
            {"night": ("2027-03-27T23:00:00.000Z", "2027-03-28T01:00:00.000Z"),
             "late": ("2027-03-28T01:00:00.000Z", "2027-03-28T04:00:00.000Z"),
             "lost": (None, None)},
        )  # fmt: skip
        self.boundary("2027-03-28T01:00:00Z", [True, False], [False, True])


class Zones(Turns):
    """The system's time zones are replaced while the daemon runs, as by an update of tzdata."""

    begins = "2026-11-23T09:00:00Z"

    def setUp(self):
        self.zones = Path(self.scratch(f"zoneinfo-{time.monotonic_ns()}"))
        (self.zones / "Europe").mkdir(parents=True)
        self.install("Paris", "2026z")
        super().setUp()

    def start_environment(self):
        return {**super().start_environment(), "TZDIR": str(self.zones)}

    def install(self, place, version):
        """From now on Paris has that place's clock."""
        shutil.copy(f"/usr/share/zoneinfo/Europe/{place}", self.zones / "Europe" / "Paris")
        (self.zones / "tzdata.zi").write_text(f"# version {version}\n")

    def zones_of_status(self):
        return self.control.get("/v1/status").json["rota"]["tzdata"]

    def test_only_windows_to_come_change(self):
        """Without a restart, and the present window stays as it was."""
        self.assertEqual(self.zones_of_status(), "2026z")
        lease = self.grant(self.broker, ONE[2])
        self.install("London", "2027a")
        self.clock.sleep(3601)
        self.clock.shown(self.broker)
        self.eventually(lambda: self.zones_of_status() == "2027a", 3)
        now = self.lease(self.broker, lease)
        self.assertEqual((now["window_ends_at"], now["expires_at"]), (NOON, GRACE_ENDS))
        self.assertEqual(self.group("dept01")["closes_at"], NOON)
        # One o'clock in London.
        self.assertEqual(self.group("dept02")["opens_at"], "2026-11-23T13:00:00.000Z")
        self.clock.pass_until(self.broker, "2026-11-23T12:30:00Z")
        self.assertEqual(self.lease(self.broker, lease)["end_reason"], "window-closed")
        self.refused(TWO[0], "2026-11-23T13:00:00.000Z")
        self.broker.restart()
        self.control.close()
        self.assertEqual(self.group("dept02")["opens_at"], "2026-11-23T13:00:00.000Z")

    def test_a_zone_that_goes(self):
        """What is known holds, over a restart too; what is to be worked out says so."""
        (self.zones / "Europe" / "Paris").unlink()
        (self.zones / "tzdata.zi").write_text("# version 2027a\n")
        self.broker.kill()
        self.broker.start()
        self.control.close()
        self.grant(self.broker, ONE[2])
        self.refused(TWO[0], NOON)
        self.assertEqual(self.zones_of_status(), "2026z")
        self.assertIn("Europe/Paris", self.broker.log())
        self.assert_problem(self.control.get("/v1/rota"), "unavailable", 503)
        self.put_group("dept01", slots=["mon.am"], status=400)
        self.install("Paris", "2027a")
        self.clock.sleep(3601)
        self.clock.shown(self.broker)
        self.eventually(lambda: self.zones_of_status() == "2027a", 3)
        self.assert_status(self.control.get("/v1/rota"), 200)


class CommandLine(Turns):
    begins = "2026-11-23T09:00:00Z"

    def test_show(self):
        stdout, _ = self.cli(ONE[0], "rota", "show", socket=self.broker.agent_socket)
        lines = stdout.splitlines()
        self.assertRegex(lines[0], r"^Europe/Paris \(tzdata 20\d\d\w+\), grace 10m$")
        self.assertEqual(lines[1], "At any time: dept03, spare.")
        self.assertRegex(stdout, r"(?m)^DAY +AM 08:00-13:00 +LONG 12:00-14:00 +PM 13:00-18:30 *$")
        self.assertRegex(stdout, r"(?m)^Mon 2026-11-23 +dept01, dept04 +- +dept02, dept04 *$")
        self.assertRegex(stdout, r"(?m)^Tue 2026-11-24 +- +- +dept01 *$")
        self.assertRegex(stdout, r"(?m)^Sun 2026-11-29 +- +- +- *$")
        stdout, _ = self.cli("olga", "rota", "show", "--at", "2026-12-01 12:00")
        self.assertRegex(stdout, r"(?m)^Mon 2026-11-30 +- +- +- +closed *$")
        self.assertRegex(stdout, r"(?m)^Tue 2026-12-01 +dept01 +- +dept02 +slots *$")

    def test_expanded(self):
        stdout, _ = self.cli("olga", "rota", "show", "--from", "2027-03-29", "--to", "2027-03-30")
        self.assertRegex(
            stdout, r"(?m)^Mon 2027-03-29 +am +Mon 2027-03-29 08:00(:00)? +Mon 2027-03-29 13:00"
            r"(:00)? +dept01, dept04 *$",
        )  # fmt: skip
        self.assertNotIn("2027-03-30 08", stdout)
        stdout, _ = self.cli("olga", "rota", "show", "--from", "2027-03-29", "--to", "2027-03-30",
                             "-o", "csv")  # fmt: skip
        self.assertRegex(stdout, r"(?m)^2027-03-29,mon,1,,am,2027-03-29T06:00:00.000Z,")
        self.cli("olga", "rota", "show", "--from", "someday", code=64)

    def test_now_and_next(self):
        stdout, _ = self.cli("olga", "rota", "now")
        self.assertRegex(stdout, r"(?m)^dept01 +yes")
        self.assertRegex(stdout, r"(?m)^dept02 +no")
        stdout, _ = self.cli("olga", "rota", "now", "--at", "14:00")
        self.assertRegex(stdout, r"(?m)^dept02 +yes")
        stdout, _ = self.cli("olga", "rota", "next")
        rows = [line.split()[0] for line in stdout.splitlines() if re.match(r"^dept", line)]
        self.assertEqual(rows, ["dept02", "dept01", "dept04"])
        self.assertRegex(
            stdout, r"(?m)^dept02 +Mon 2026-11-23 13:00(:00)? +Mon 2026-11-23 18:30(:00)? +- *$"
        )

    def test_json_is_the_apis_body(self):
        stdout, _ = self.cli("olga", "rota", "show", "--at", "2026-11-23T09:00:00Z", "-o", "json")
        body = self.control.get("/v1/rota?at=2026-11-23T09:00:00Z").body.decode()
        self.assertEqual(stdout.strip(), body.strip())

    def test_a_site_without(self):
        self.assert_status(self.control.put("/v1/site", WITHOUT_SLOTS), 200)
        for verb in ("show", "now", "next"):
            _, stderr = self.cli("olga", "rota", verb, code=MISSING)
            self.assertIn("The site has no rota", stderr)
