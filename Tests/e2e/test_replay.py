"""What would have become of past requests under another site."""

from broker import site
from broker.case import instant
from broker.line import LineCase
from broker.turns import ONE, TWO

DATA = 65
SINCE = "2026-11-24T08:59:00Z"


def house(size=4, **quotas):
    """One pool for two groups."""
    return site.site(
        site.pool("telework", size),
        *(site.group(name, ["telework"], quotas.get(name)) for name in ("dept01", "dept02")),
    )


class Replay(LineCase):
    """Four of dept01 came, then two of dept02: one was refused, and one waited for two minutes."""

    text = house()

    def setUp(self):
        super().setUp()
        held = [self.grant(self.broker, name) for name in ONE[:4]]
        with self.broker.agent(TWO[0]) as client:
            self.assert_problem(client.post("/v1/leases"), "pool-exhausted", 503)
        client = self.wait(TWO[1], 600)
        self.clock.sleep(120)
        self.clock.shown(self.broker)
        self.release(self.broker, held[0])
        self.granted(client)

    def replay(self, text):
        answer = self.assert_status(self.control.post(f"/v1/replay?since={SINCE}", text), 200).json
        return answer, {group.pop("group"): group for group in answer["groups"]}

    def counts(self, *numbers):
        keys = ("requests", "granted_before", "granted_after", "granted_to_refused",
                "refused_to_granted")  # fmt: skip
        return dict(zip(keys, numbers, strict=True))

    def test_with_the_same_site(self):
        answer, groups = self.replay(house())
        self.assertEqual(answer["requests"], 6)
        self.assertLessEqual(instant(answer["until"]), self.clock.now() + 1)
        self.assertLessEqual(self.counts(4, 4, 4, 0, 0).items(), groups["dept01"].items())
        self.assertLessEqual(self.counts(2, 1, 1, 0, 0).items(), groups["dept02"].items())
        for when in ("before", "after"):
            self.assertEqual(groups["dept01"][f"waited_{when}_seconds"], 0)
            self.assert_close(groups["dept02"][f"waited_{when}_seconds"], 120, 2)

    def test_with_another_site(self):
        before = self.control.get("/v1/status").json["store"]["revision"]
        _, groups = self.replay(house(dept01=2))
        self.assertLessEqual(self.counts(4, 4, 2, 2, 0).items(), groups["dept01"].items())
        self.assertLessEqual(self.counts(2, 1, 2, 0, 1).items(), groups["dept02"].items())
        self.assertEqual(groups["dept02"]["waited_after_seconds"], 0)
        _, groups = self.replay(house(size=3))
        self.assertEqual(groups["dept01"]["granted_to_refused"], 1)
        self.assertEqual(self.control.get("/v1/status").json["store"]["revision"], before)

    def test_mistakes(self):
        path = f"/v1/replay?since={SINCE}"
        answer = self.control.post(path, house().replace("size", "sice"))
        problem = self.assert_problem(answer, "bad-request", 400).json
        self.assertEqual(problem["line"], 3)
        for wrong in ("/v1/replay", "/v1/replay?since=yesterday"):
            self.assert_problem(self.control.post(wrong, house()), "bad-request", 400)
        # A site that is forgotten is no empty one.
        self.assert_problem(self.control.post(path), "bad-request", 400)
        with self.broker.control("oscar") as client:
            self.assert_problem(client.post(path, house()), "forbidden", 403)

    def test_by_the_command_line(self):
        path = self.scratch("quota.toml", house(dept01=2))
        replay = ["replay", "--site", path, "--since"]
        for since in ("7d", "2026-11-24 08:59"):
            code, stdout, stderr = self.brokerctl(
                self.broker, "alice", *replay, since, env=self.clock.environment
            )
            self.assertEqual(code, 0, stderr)
            self.assertIn("6 requests from ", stdout)
            self.assertRegex(stdout, r"(?m)^dept01 +4 +4 +2 +0 +2 ")
        path = self.scratch("mistake.toml", house().replace("size", "sice"))
        code, _, stderr = self.brokerctl(
            self.broker, "alice", "replay", "--site", path, "--since", "7d"
        )
        self.assertEqual(code, DATA)
        self.assertIn(f"{path}:3:", stderr)
