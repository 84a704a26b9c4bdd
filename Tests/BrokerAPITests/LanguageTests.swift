import BrokerAPI
import BrokerText
import Testing

/// Which language a program speaks, and to whom.
@Suite struct LanguageTests {
    @Test(arguments: [
        ([:], Language.english),
        (["LANG": "C"], .english),
        (["LANG": "fr"], .french),
        (["LANG": "fr_FR"], .french),
        (["LANG": "fr_FR.UTF-8"], .french),
        (["LANG": "fr_CA.utf8@euro"], .french),
        (["LANG": "FR_fr.UTF-8"], .french),
        // Its letters would not be read.
        (["LANG": "fr_FR.ISO-8859-1"], .english),
        (["LANG": "frr_DE.UTF-8"], .english),
        (["LANG": "de_DE.UTF-8"], .english),
        (["LANG": "fr_FR.UTF-8", "LC_MESSAGES": "C.UTF-8"], .english),
        (["LANG": "C", "LC_MESSAGES": "fr_FR.UTF-8"], .french),
        (["LC_ALL": "C", "LC_MESSAGES": "fr_FR.UTF-8"], .english),
        // Empty is as good as not set.
        (["LC_ALL": "", "LC_MESSAGES": "", "LANG": "fr_FR.UTF-8"], .french),
        (["LC_CTYPE": "fr_FR.UTF-8"], .english),
    ])
    func locales(environment: [String: String], language: Language) {
        #expect(Language { environment[$0] } == language)
    }

    @Test(arguments: [
        ([], Language.english),
        ([""], .english),
        (["fr"], .french),
        (["FR"], .french),
        (["fr-CA"], .french),
        (["fr-CA, en;q=0.9"], .french),
        (["de, fr"], .french),
        (["de"], .english),
        (["*"], .english),
        (["fr, en"], .french),
        (["en, fr"], .english),
        (["en;q=0.8, fr;q=0.9"], .french),
        (["en;q=0.800 , fr;q=0.801"], .french),
        (["en;q=0.3", "fr;q=0.4"], .french),
        (["fr-CH;q=0.2, fr;q=0.7, en;q=0.5"], .french),
        (["fr;q=0, *"], .english),
        (["en;q=0, *"], .french),
        (["en;q=0"], .english),
        (["fr;q=0"], .english),
        (["*;q=0.5, en;q=0.1"], .french),
        (["*, fr;q=0.5"], .english),
        // Ranges that are malformed say nothing.
        (["fr;q=2"], .english),
        (["fr;q=0.1234"], .english),
        (["fr;x=1"], .english),
        (["fr;q"], .english),
        (["fr;q=1.001"], .english),
        ([",;,fr"], .french),
        (["frx"], .english),
    ])
    func negotiation(values: [String], language: Language) {
        #expect(Language(acceptLanguage: values) == language)
    }

    @Test(arguments: ProblemSlug.allCases)
    func everyTitleIsTranslated(slug: ProblemSlug) {
        #expect(!slug.title.french.isEmpty && slug.title.french != slug.title.english)
    }

    @Test func mistakesInABodyAreTold() {
        let error = JSONError(.init("The body is empty.", "Le corps est vide."))
        #expect(
            error.message == "The body is empty." && error.text[.french] == "Le corps est vide.")
        #expect(throws: JSONError.self) {
            do throws(JSONError) {
                _ = try StrictJSON.decode(GrantRequest.self, from: Array(#"{"poool": 1}"#.utf8))
            } catch {
                #expect(
                    error.text.french
                        == "Champ inconnu\u{A0}: \"poool\"\u{A0}; vouliez-vous dire \"pool\"\u{A0}?"
                )
                throw error
            }
        }
    }
}
