"""Problems and forecasts in the language that the client likes; keys and codes in none."""

from types import SimpleNamespace

from broker import site, world
from broker.case import BrokerCase

SITE = site.site(
    site.pool("telework", 2),
    site.group("dept01", ["telework"], 1),
)
ONE = world.agents_of(1)


class Problems(BrokerCase):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE)

    def ask(self, method, path, language, body=None, name="root"):
        with self.broker.control(name) as client:
            headers = {"Accept-Language": language} if language else {}
            return client.request(method, path, body, headers=headers)

    def test_titles_and_details(self):
        for language, spoken, title, detail in (
            (None, "en", "Not found", 'There is no pool "x".'),
            ("de", "en", "Not found", 'There is no pool "x".'),
            ("fr", "fr", "Introuvable", 'Il n\'y a pas de parc "x".'),
            ("de, fr-CA;q=0.8, en;q=0.7", "fr", "Introuvable", 'Il n\'y a pas de parc "x".'),
            ("fr;q=0.1, en", "en", "Not found", 'There is no pool "x".'),
        ):
            with self.subTest(language):
                answer = self.ask("GET", "/v1/pools/x", language)
                self.assert_problem(answer, "not-found", 404)
                self.assertEqual((answer.json["title"], answer.json["detail"]), (title, detail))
                self.assertEqual(answer.headers["content-language"], spoken)
                self.assertEqual(answer.headers["vary"], "Accept-Language")

    def test_only_the_words_differ(self):
        """A refused grant has the same slug, numbers and reasons in every language."""
        self.grant(self.broker, ONE[0])
        seen = {}
        for language in ("en", "fr"):
            with self.broker.agent(ONE[1]) as client:
                answer = client.request(
                    "POST", "/v1/leases", None, headers={"Accept-Language": language}
                )
            self.assert_problem(answer, "quota-exceeded", 429)
            seen[language] = answer.json
        self.assertEqual(seen["fr"]["detail"], "Le groupe dept01 occupe 1 de ses 1 postes.")
        for body in seen.values():
            for key in ("title", "detail", "retry_after_seconds"):
                body.pop(key, None)
            for reason in body["reasons"]:
                reason.pop("earliest_at", None)
        self.assertEqual(seen["en"], seen["fr"])

    def test_from_the_writer_and_from_threads(self):
        """Every way on which an answer comes back knows whom it talks to."""
        for method, path, body in (
            ("POST", "/v1/pools", {"name": "telework", "size": 1}),
            ("POST", "/v1/pools/x/drain", {"reason": "r", "dry_run": True}),
            ("POST", "/v1/pools/x/drain", {"reason": "r"}),
            ("PUT", "/v1/site", None),
            ("POST", "/v1/pools/x/drain", {"reson": "r"}),
            ("PATCH", "/v1/site", None),
            ("GET", "/v1/nothing", None),
            ("GET", "/v1/seats?limit=x", None),
            ("GET", "/v1/explain?agent=nobody-here", None),
        ):
            with self.subTest(path=path, body=body):
                answer = self.ask(method, path, "fr", body)
                self.assertGreaterEqual(answer.status, 400)
                self.assertEqual(answer.headers["content-language"], "fr")
                english = self.ask(method, path, "en", body)
                self.assertNotEqual(answer.json["detail"], english.json["detail"])
                self.assertEqual(answer.json["type"], english.json["type"])


class Commands(BrokerCase):
    """brokerctl speaks the language of its environment, and machines notice nothing."""

    ENGLISH = {"LC_ALL": "C"}
    FRENCH = {"LC_ALL": "fr_FR.UTF-8"}

    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE)

    def run_in(self, environment, name, *arguments):
        socket = None if name == "root" else self.broker.agent_socket
        code, output, errors = self.brokerctl(
            self.broker, name, *arguments, socket=socket, env=environment
        )
        return SimpleNamespace(returncode=code, stdout=output, stderr=errors)

    def run_both(self, name, *arguments):
        return [self.run_in(language, name, *arguments) for language in (self.ENGLISH, self.FRENCH)]

    def test_refusals(self):
        self.grant(self.broker, ONE[0])
        english, french = self.run_both(ONE[1], "lease", "request")
        self.assertEqual((english.returncode, french.returncode), (75, 75))
        self.assertIn("Group dept01 uses 1 of its 1 seats.", english.stderr)
        self.assertIn("Le groupe dept01 occupe 1 de ses 1 postes.", french.stderr)
        self.assertIn("1 sur 1 occupés", french.stderr)
        self.assertIn("Réessayez dans", french.stderr)

    def test_tables_and_what_is_none(self):
        english, french = self.run_both("root", "pool", "list")
        self.assertTrue(english.stdout.startswith("POOL"), english.stdout)
        self.assertTrue(french.stdout.startswith("PARC"), french.stdout)
        for form in ("json", "jsonl", "csv", "yaml", "name"):
            with self.subTest(form):
                english, french = self.run_both("root", "pool", "list", "-o", form)
                self.assertEqual(english.stdout, french.stdout)
        lease = self.grant(self.broker, ONE[0])
        english, french = self.run_both(ONE[0], "lease", "show", lease["id"], "-o", "env")
        self.assertEqual(english.stdout, french.stdout)
        self.assertIn("BROKER_SEAT=", french.stdout)

    def test_status(self):
        french = self.run_in(self.FRENCH, "root", "status")
        self.assertIn("est en service depuis", french.stdout)
        self.assertIn("2 postes", french.stdout)

    def test_usage(self):
        for arguments, text in (
            (("lease", "renew", "--ttl", "5x"), "n'est pas une durée"),
            (("pool", "show"), "Il manque l'argument"),
            (("pool", "drain", "telework", "--reason", "x"), "confirmez par --yes"),
        ):
            with self.subTest(arguments):
                answer = self.run_in(self.FRENCH, "root", *arguments)
                self.assertEqual(answer.returncode, 64, answer.stderr)
                self.assertIn(text, answer.stderr)

    def test_a_site_with_a_mistake(self):
        file = self.scratch("site.toml", '[[pool]]\nname = "a b"\nsize = 1\n')
        answer = self.run_in(self.FRENCH, "root", "site", "apply", "-f", file)
        self.assertEqual(answer.returncode, 65, answer.stderr)
        self.assertIn(f"{file}:2:8: un nom se compose de lettres", answer.stderr)

    def test_forecasts_of_machines(self):
        """Words in an answer for programs are in one language, whoever asks."""
        arguments = ("pool", "resize", "telework", "0", "--dry-run", "-o", "json")
        english, french = self.run_both("root", *arguments)
        self.assertEqual(english.stdout, french.stdout)
