"""schemathesis calls the API as its own document describes it, and compares the answers."""

import os
import selectors
import socket
import subprocess
import threading

from broker import site, world
from broker.case import BrokerCase, measured
from broker.http import connect

# Calls of each operation and phase; all of them together take about two minutes.
EXAMPLES = 40
SECONDS_MAX = 420

# Checked: no undocumented status, header, type or body; wrong input refused. Not checked:
# `positive_data_acceptance`, because a name that fits the pattern need not exist (404), and
# `use_after_free`/`ensure_resource_availability`, because a DELETE of a lease may be repeated.
CHECKS = ",".join(
    (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "unsupported_method",
        "allow_header_conformance",
    )
)
# A full pool is 503 and a full disk 507; the document says so, and so they are answers.
SETTINGS = """
[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 503, 507]
# A list above its limit may be cut off by the size of the body (413) before anybody counts it.
# A revision that is not the present one (412) is noticed before the rest is looked at.
negative_data_rejection.expected-statuses = [400, 403, 404, 405, 406, 409, 412, 413, 415, 503]
"""


class Bridge:
    """Loopback TCP in front of a Unix socket: schemathesis knows TCP alone."""

    def __init__(self, path, name):
        self.path, self.user = str(path), world.user(name)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = connect(self.path, self.user, timeout=None)
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client, server), daemon=True).start()

    @staticmethod
    def carry(client, server):
        with client, server, selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in selector.select():
                    try:
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        key.data.sendall(data)
                    except OSError:
                        return

    def close(self):
        self.listener.close()


class OpenAPI(BrokerCase):
    seconds_max = SECONDS_MAX + 30

    def test_the_document_and_the_answers_agree(self):
        broker = self.daemon(
            site.site(
                site.pool("telework", 20),
                site.pool("spare", 5),
                site.group("dept01", ["telework"], 10),
                site.group("dept02", ["telework", "spare"], members=["alice", "@dept02"]),
                site.group("dept03", ["telework"], slots=["mon.am", "tue.pm"]),
                site.rota({"am": "08:00-13:00", "pm": "13:00-18:30"}),
            ),
            # Whoever would wait is told that the line is full: nobody waits twelve hours for it.
            limits={"waiting": 0},
        )
        bridge = Bridge(broker.control_socket, "alice")
        self.addCleanup(bridge.close)
        # The second time with names that are there: so it gets past the look-up.
        lease = self.grant(broker, world.agents_of(1)[0])["id"]
        names = {"pool": "telework", "seat": "telework-0002", "group": "dept02", "id": lease}
        lines = "".join(f'"path.{key}" = "{value}"\n' for key, value in names.items())
        for title, settings in (
            ("any names", SETTINGS),
            ("known names", f"{SETTINGS}\n[parameters]\n{lines}"),
        ):
            with self.subTest(title):
                self.call(bridge, title, settings)
        self.assertTrue(broker.alive())
        self.assert_sums(broker)

    def call(self, bridge, title, settings):
        """One run of schemathesis."""
        folder = world.folder() / title.replace(" ", "-")
        folder.mkdir()
        (folder / "schemathesis.toml").write_text(settings)
        command = [
            str(world.REPOSITORY / ".build" / "venv-tests" / "bin" / "schemathesis"),
            "--config-file", str(folder / "schemathesis.toml"), "run",
            f"http://127.0.0.1:{bridge.port}/v1/openapi.json", "--checks", CHECKS,
            # Its answer has no end; test_events has its own checks of it.
            "--exclude-path", "/v1/events",
            "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES),
            "--seed", "20260105", "--generation-database", "none", "--request-timeout", "10",
            "--no-color", "--suppress-health-check", "all", "--continue-on-failure",
        ]  # fmt: skip
        result = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX, check=False,
            env={**os.environ, "PYTHONHASHSEED": "0", "COLUMNS": "100"},
        )  # fmt: skip
        output = result.stdout + result.stderr
        for line in output.splitlines():
            if " generated, " in line:
                measured(f"schemathesis, {title}: {line.strip()}")
        if result.returncode != 0:
            log = world.REPOSITORY / ".build" / f"schemathesis-{folder.name}.log"
            log.write_text(output)
        shown = "\n".join(line[:400] for line in output.splitlines()[-150:])
        self.assertEqual(result.returncode, 0, f"\n{shown}")
