"""People at work on the agents' socket, who must not notice that the daemon goes and comes back.

They run in processes of their own, so that the time of their answers is not that of their neighbours.
"""

import multiprocessing
import random
import threading
import time

from broker.http import Client, Closed, encode

from . import machine

# A person asks so often, in seconds: together they are a busy house, and none meets its own limit.
PAUSE_SECONDS = (0.05, 0.15)
RETRY_SECONDS = 0.002
# Longer than any fault that is tried takes.
TIMEOUT_SECONDS = 30.0


class Log:
    """What one person has seen."""

    def __init__(self):
        self.answers = []  # (asked, answered), by the monotonic clock
        self.refused = []  # connects that nobody took
        self.turned_away = []  # answers that say "not now" though the house has room
        self.wrong = []


class Person:
    """Asks, and asks the same again where a connection broke before the answer was there."""

    def __init__(self, name):
        self.name, self.log = name, Log()
        self.client = Client(machine.AGENT, machine.person(name), TIMEOUT_SECONDS)

    def ask(self, method, path, body=None, headers=None):
        """The answer, however often it has to be asked for."""
        data, asked = encode(method, path, body, headers), time.monotonic()
        while time.monotonic() < asked + 2 * TIMEOUT_SECONDS:
            try:
                self.client.open()
            except OSError as error:
                self.log.refused.append(f"{self.name}: {error!r}")
                time.sleep(RETRY_SECONDS)
                continue
            try:
                self.client.send(data, method)
                answer = self.client.receive()
            except (Closed, OSError):
                self.client.close()
                time.sleep(RETRY_SECONDS)
                continue
            if answer.status == 503:
                self.log.turned_away.append(f"{self.name}: {answer}")
                time.sleep(RETRY_SECONDS)
                continue
            self.log.answers.append((asked, time.monotonic()))
            return answer
        raise AssertionError(f"{self.name}: no answer to {method} {path}")

    def expect(self, answer, status, what):
        """Notes an answer that is not the one that is due."""
        if answer.status != status:
            self.log.wrong.append(f"{self.name}, {what}: {answer}")
        return answer


class Agent(Person):
    """Takes a lease, asks for it again, renews it, looks at it, gives it back."""

    def work(self, ended):
        """Until told to end, in the middle of whatever it is."""
        chance, number, lease = random.Random(self.name), 0, None
        pool = {"pool": "desk"}
        while not ended.is_set():
            number += 1
            headers = {"Idempotency-Key": f"{self.name}-{number}"}
            lease = self.expect(self.ask("POST", "/v1/leases", pool, headers), 201, "grant").json
            self.pause(chance)
            again = self.expect(self.ask("POST", "/v1/leases", pool, headers), 201, "repeat")
            self.same(lease, again.json, "repeat")
            for _ in range(chance.randrange(6)):
                self.pause(chance)
                path = f"/v1/leases/{lease['id']}"
                self.same(lease, self.expect(self.ask("POST", f"{path}/renew"), 200, "renew").json, "renew")
                self.pause(chance)
                self.same(lease, self.expect(self.ask("GET", path), 200, "look").json, "look")
            self.pause(chance)
            self.expect(self.ask("DELETE", f"/v1/leases/{lease['id']}"), 204, "release")

    def pause(self, chance):
        time.sleep(chance.uniform(*PAUSE_SECONDS))

    def same(self, lease, other, what):
        """Token and seat of a lease never change."""
        for field in ("id", "token", "seat", "holder"):
            if lease.get(field) != other.get(field):
                self.log.wrong.append(f"{self.name}, {what}: {field} of {lease} became {other}")


class Waiter(Person):
    """Stands in line with a key, and comes back to its place."""

    def __init__(self, name):
        super().__init__(name)
        self.served_at = None
        self.thread = threading.Thread(target=self.wait, daemon=True)
        self.thread.start()

    def wait(self):
        """Until it is served; then it gives the seat to the next one."""
        body = {"pool": "scarce", "wait_seconds": 900}
        answer = self.ask("POST", "/v1/leases", body, {"Idempotency-Key": f"wait-{self.name}"})
        self.served_at = time.monotonic()
        self.expect(answer, 201, "served")
        time.sleep(0.05)
        self.ask("DELETE", f"/v1/leases/{answer.json['id']}")


def _process(names, ended, pipe):
    agents = [Agent(name) for name in names]

    def work(agent):
        try:
            agent.work(ended)
        except Exception as error:  # noqa: BLE001  it must be seen, not end a thread unseen
            agent.log.wrong.append(f"{agent.name}: {error!r}")

    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send([agent.log for agent in agents])


class Crowd:
    """Agents in some processes."""

    def __init__(self, names, processes):
        context = multiprocessing.get_context("spawn")
        self.ended, self.members = context.Event(), []
        for number in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_process, args=(names[number::processes], self.ended, theirs), daemon=True
            )
            process.start()
            self.members.append((process, ours))

    def end(self):
        """What all of them have seen."""
        self.ended.set()
        logs = []
        for process, pipe in self.members:
            logs += pipe.recv()
            process.join()
        return logs
