import BrokerText

/// What is wrong with a body, word by word of its sender's: after "The body" or "Field …" stands one
/// of these predicates.
extension Text {
    static let jsonMissing = Text("is missing", "est absent")
    static let jsonEmpty = Text("must not be empty", "ne doit pas être vide")
    static let jsonNoControls = Text(
        "must not hold control characters", "ne doit pas contenir de caractères de contrôle")
    static let jsonWholeNumber = Text("must be a whole number", "doit être un nombre entier")
    static let jsonOutOfRange = Text("is out of range", "est hors limites")
    static let jsonReserve = Text(
        "must be a number, or an object of numbers by pool",
        "doit être un nombre, ou un objet de nombres par parc")
    static let jsonReserveByPool = Text(
        "must be an object of numbers by pool unless there is one pool",
        "doit être un objet de nombres par parc, sauf s'il n'y a qu'un parc")
    static let jsonNeedsHolder = Text(
        "needs the field \"holder\" beside it", "demande le champ \"holder\" à côté de lui")
    static let jsonInstant = Text(
        "must be an instant such as \"2026-11-24T07:58:03.120Z\"",
        "doit être un instant tel que \"2026-11-24T07:58:03.120Z\"")
    static let jsonDrainTime = Text(
        "must be an instant such as \"2026-11-24T12:00:00Z\", or \"window-end\"",
        "doit être un instant tel que \"2026-11-24T12:00:00Z\", ou \"window-end\"")

    static func jsonMustBeObject(not kind: Text) -> Text {
        Text(
            "must be an object, not \(kind.english)", "doit être un objet, et non \(kind.french)")
    }

    static func jsonMustBeNumber(not kind: Text) -> Text {
        Text(
            "must be a whole number, not \(kind.english)",
            "doit être un nombre entier, et non \(kind.french)")
    }

    static func jsonMustBeBoolean(not kind: Text) -> Text {
        Text(
            "must be true or false, not \(kind.english)",
            "doit être true ou false, et non \(kind.french)")
    }

    static func jsonMustBeString(not kind: Text) -> Text {
        Text(
            "must be a string, not \(kind.english)", "doit être une chaîne, et non \(kind.french)")
    }

    static func jsonMustBeArray(not kind: Text) -> Text {
        Text(
            "must be an array, not \(kind.english)", "doit être un tableau, et non \(kind.french)")
    }

    static func jsonOneOf(_ words: String) -> Text {
        Text("must be one of \(words)", "doit être l'un de \(words)")
    }

    static func jsonOnly(_ word: String) -> Text {
        Text("must be \(word)", "doit être \(word)")
    }

    static func jsonAtLeast(_ least: Int) -> Text {
        Text("must be at least \(least)", "doit être au moins \(least)")
    }

    static func jsonRange(_ least: Int, _ most: Int) -> Text {
        Text("must be from \(least) to \(most)", "doit être compris entre \(least) et \(most)")
    }

    static func jsonBytes(_ most: Int) -> Text {
        Text("must be at most \(most) bytes", "doit avoir au plus \(most) octets")
    }

    static func jsonReserveElsewhere(_ pool: String) -> Text {
        Text(
            "names a pool that \"pools\" lacks: \(pool)",
            "nomme un parc absent de \"pools\" : \(pool)")
    }
}

/// Sentences about bodies.
extension Text {
    static let jsonNoBody = Text("The body is empty.", "Le corps est vide.")

    static func jsonBody(_ predicate: Text) -> Text {
        Text("The body \(predicate.english).", "Le corps \(predicate.french).")
    }

    static func jsonField(_ name: String, _ predicate: Text) -> Text {
        Text("Field \(name) \(predicate.english).", "Le champ \(name) \(predicate.french).")
    }

    static func jsonTwice(_ name: String) -> Text {
        Text("Field \(name) is given twice.", "Le champ \(name) est donné deux fois.")
    }

    static func jsonUnknown(_ name: String) -> Text {
        Text("Unknown field \(name).", "Champ inconnu : \(name).")
    }

    static func jsonUnknown(_ name: String, meant: String) -> Text {
        Text(
            "Unknown field \(name); did you mean \"\(meant)\"?",
            "Champ inconnu : \(name) ; vouliez-vous dire \"\(meant)\" ?")
    }

    static func jsonUnknown(_ name: String, known: String) -> Text {
        Text(
            "Unknown field \(name); known are \(known).",
            "Champ inconnu : \(name) ; sont connus \(known).")
    }
}

/// What no parser can read.
extension Text {
    static func jsonInvalid(_ position: Int, _ why: Text) -> Text {
        Text(
            "Not valid JSON at byte \(position): \(why.english).",
            "JSON invalide à l'octet \(position) : \(why.french).")
    }

    static func jsonExpected(_ what: String) -> Text {
        Text("\(what) was expected", "\(what) était attendu")
    }

    static func jsonExpected(_ what: String, or other: String) -> Text {
        Text("\(what) or \(other) was expected", "\(what) ou \(other) était attendu")
    }

    static func jsonTooDeep(_ levels: Int) -> Text {
        Text(
            "nested deeper than \(levels) levels", "l'imbrication dépasse \(levels) niveaux")
    }

    static let jsonTrailing = Text(
        "there is more after the end of the document",
        "il y a encore du texte après la fin du document")
    static let jsonValueMissing = Text(
        "a value is missing at the end", "il manque une valeur à la fin")
    static let jsonValueExpected = Text("a value was expected", "une valeur était attendue")
    static let jsonNameExpected = Text(
        "a field name in quotes was expected", "un nom de champ entre guillemets était attendu")
    static let jsonLeadingZero = Text(
        "a number may not begin with 0", "un nombre ne peut pas commencer par 0")
    static let jsonDigitExpected = Text("a digit was expected", "un chiffre était attendu")
    static let jsonHexExpected = Text(
        "four hexadecimal digits were expected", "quatre chiffres hexadécimaux étaient attendus")
    static let jsonControl = Text(
        "a control character must be escaped", "un caractère de contrôle doit être échappé")
    static let jsonUnendedString = Text(
        "a string does not end", "une chaîne n'est pas terminée")
    static let jsonNotUTF8 = Text(
        "a string is not valid UTF-8", "une chaîne n'est pas en UTF-8 valide")
    static let jsonNoSuchEscape = Text("no such escape", "cet échappement n'existe pas")
    static let jsonHalfSurrogate = Text(
        "half of a surrogate pair", "la moitié d'une paire de substitution")
    static let jsonNull = Text("U+0000 is not allowed", "U+0000 n'est pas permis")
}

/// Kinds of JSON values, with their article.
extension Text {
    static let kindNull = Text("null", "null")
    static let kindBoolean = Text("a boolean", "un booléen")
    static let kindNumber = Text("a number", "un nombre")
    static let kindString = Text("a string", "une chaîne")
    static let kindArray = Text("an array", "un tableau")
    static let kindObject = Text("an object", "un objet")
}
