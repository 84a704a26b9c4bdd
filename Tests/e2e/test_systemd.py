"""brokerd under a real systemd: sockets, readiness, watchdog, reload, journal."""

import subprocess

from broker import world
from broker.case import BrokerCase


class UnderSystemd(BrokerCase):
    seconds_max = 240

    def test_units(self):
        result = subprocess.run(
            [str(world.REPOSITORY / "Tests" / "systemd-box"),
             "python3", "Tests/e2e/systemd/inside.py"],
            cwd=world.REPOSITORY, capture_output=True, text=True, timeout=220, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        print(*(line for line in result.stdout.splitlines() if "measured:" in line), sep="\n")
        self.assertEqual(result.returncode, 0, (result.stdout + result.stderr)[-12000:])
