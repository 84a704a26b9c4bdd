import BrokerText

/// What is wrong with a text that should be TOML.
extension Text {
    static let lineEnd = Text(
        "the line should end here: start a new one",
        "la ligne devrait finir ici : commencez-en une nouvelle")

    static func headerEnd(_ brackets: String) -> Text {
        Text(
            "the header should end here with \(brackets)",
            "l'en-tête devrait finir ici par \(brackets)")
    }

    static func givenAlready(_ key: String) -> Text {
        Text(
            "\(key) has been given already: keep one of the two",
            "\(key) est déjà donné : gardez l'un des deux")
    }

    static func keyParts(_ most: Int) -> Text {
        Text("a key has at most \(most) parts", "une clé a au plus \(most) parties")
    }

    static let keyOneLine = Text(
        "a key stands on one line: use single or double quotes",
        "une clé tient sur une ligne : utilisez des guillemets simples ou doubles")
    static let keyExpected = Text("a key should stand here", "une clé devrait être ici")
    static let equalsExpected = Text(
        "a \"=\" should stand here, and a value after it",
        "un \"=\" devrait être ici, suivi d'une valeur")
    static let listEnd = Text(
        "a \",\" or the list's \"]\" should stand here",
        "une \",\" ou le \"]\" de la liste devrait être ici")
    static let tableEnd = Text(
        "a \",\" or the table's \"}\" should stand here, on the same line",
        "une \",\" ou la \"}\" de la table devrait être ici, sur la même ligne")

    static func tooDeep(_ most: Int) -> Text {
        Text(
            "lists and tables go at most \(most) deep",
            "listes et tables s'imbriquent au plus \(most) fois")
    }

    static let valueExpected = Text(
        "a value should stand here; texts need quotes",
        "une valeur devrait être ici ; les textes demandent des guillemets")

    static func noValue(_ text: String) -> Text {
        Text(
            "\(text) is no value; texts need quotes",
            "\(text) n'est pas une valeur ; les textes demandent des guillemets")
    }

    static func outOfRange(_ text: String) -> Text {
        Text("\(text) is out of the range of numbers", "\(text) dépasse l'étendue des nombres")
    }

    static func controlCharacter(_ code: String) -> Text {
        Text(
            "a control character (\(code)) has no place here: remove it",
            "un caractère de contrôle (\(code)) n'a rien à faire ici : retirez-le")
    }

    static let unendedString = Text(
        "this string does not end: close it with the quotes it began with",
        "cette chaîne n'est pas terminée : fermez-la par les guillemets qui l'ouvrent")
    static let noSuchEscape = Text(
        "no such escape: write \\\\ for a backslash, or use single quotes",
        "cet échappement n'existe pas : écrivez \\\\ pour une barre oblique inverse, ou utilisez des "
            + "guillemets simples")

    static func escapeDigits(_ count: Int) -> Text {
        Text(
            "this escape needs \(count) hexadecimal digits",
            "cet échappement demande \(count) chiffres hexadécimaux")
    }

    static let escapeNoCharacter = Text(
        "this escape names no Unicode character",
        "cet échappement ne désigne pas de caractère Unicode")
}

/// Kinds of values, with their article.
extension Text {
    static let aString = Text("a string", "une chaîne")
    static let aNumber = Text("a number", "un nombre")
    static let aFraction = Text("a fraction", "un nombre à virgule")
    static let aBoolean = Text("true or false", "true ou false")
    static let aDate = Text("a date", "une date")
    static let aDateTime = Text("a date or time", "une date ou une heure")
    static let aList = Text("a list", "une liste")
    static let aTable = Text("a table", "une table")
}
