"""Problems and forecasts in the language that the client likes; keys and codes in none."""

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
