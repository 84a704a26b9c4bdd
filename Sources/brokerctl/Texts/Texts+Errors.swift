import BrokerText

/// What a command says when it could not do what it was asked.
extension Text {
    static func answeredWith(status: Int) -> Text {
        Text("The broker answered with HTTP \(status).", "Le service a répondu par HTTP \(status).")
    }

    static func notUnderstood(_ why: Text) -> Text {
        Text(
            "the broker's answer was not understood: \(why.english)",
            "la réponse du service n'a pas été comprise : \(why.french)")
    }

    static let tooLarge = Text(
        "the broker's answer is too large", "la réponse du service est trop volumineuse")

    static func unreachable(_ socket: String, _ why: Text) -> Text {
        Text(
            "cannot reach the broker at \(socket): \(why.english).",
            "le service est injoignable par \(socket) : \(why.french).")
    }

    static let isItRunning = Text(
        "Is brokerd running (systemctl status brokerd)? --socket or BROKERD_SOCKET names another "
            + "socket.",
        "brokerd fonctionne-t-il (systemctl status brokerd) ? --socket ou BROKERD_SOCKET désigne un "
            + "autre socket.")

    static func noAccess(_ socket: String) -> Text {
        Text("you may not open \(socket).", "vous ne pouvez pas ouvrir \(socket).")
    }

    static let askWhoRuns = Text(
        "It is for members of its group; ask who runs the broker.",
        "Il est réservé aux membres de son groupe ; adressez-vous à qui gère le service.")
    static let cutShort = Text(
        "it closed the connection without a whole answer",
        "il a fermé la connexion sans réponse entière")

    static func noAnswer(within time: String) -> Text {
        Text("no answer within \(time)", "pas de réponse en \(time)")
    }

    static func socketPathTooLong(_ socket: String) -> Text {
        Text(
            "the path of the socket is too long: \(socket)",
            "le chemin du socket est trop long : \(socket)")
    }

    static let nothingDone = Text("nothing was done.", "rien n'a été fait.")
    static let displaces = Text(
        "this displaces people: confirm with --yes, or look with --dry-run.",
        "cela déloge des personnes : confirmez par --yes, ou regardez avec --dry-run.")

    static func doneThen(_ done: Int, of all: Int) -> Text {
        Text("\(done) of \(all) done, then:", "\(done) sur \(all) faits, puis :")
    }

    // MARK: Files

    static func fileFailed(_ path: String, _ why: String) -> Text {
        Text("\(path): \(why).", "\(path) : \(why).")
    }

    static func fileTooLarge(_ path: String) -> Text {
        Text("\(path) is too large.", "\(path) est trop volumineux.")
    }

    static func noRegularFile(_ path: String) -> Text {
        Text(
            "\(path) is no regular file, and stays as it is.",
            "\(path) n'est pas un fichier ordinaire, et reste tel quel.")
    }

    // MARK: Problems

    static func mistakeAt(line: Int) -> Text {
        Text("line \(line): ", "ligne \(line) : ")
    }

    static func mistakeAt(line: Int, column: Int) -> Text {
        Text("line \(line), column \(column): ", "ligne \(line), colonne \(column) : ")
    }

    static let wereFirst = Text(
        "You were the first in line", "Vous étiez en tête de la file d'attente")
    static let wasOneBefore = Text(
        "One was still before you", "Il y avait encore une personne devant vous")

    static func wereBefore(_ count: Int) -> Text {
        Text("\(count) were still before you", "Il y avait encore \(count) personnes devant vous")
    }

    static func wasExpected(_ before: Text, at instant: String) -> Text {
        Text(
            "\(before.english); a seat was expected at \(instant).",
            "\(before.french) ; un poste était attendu à \(instant).")
    }

    static func tryAgain(in time: String) -> Text {
        Text("Try again in \(time).", "Réessayez dans \(time).")
    }

    // MARK: Numbers of rules

    static func factGroup(_ name: String) -> Text {
        Text("group \(name)", "groupe \(name)")
    }

    static func factPool(_ name: String) -> Text {
        Text("pool \(name)", "parc \(name)")
    }

    static func factUsed(_ used: Int, of limit: Int) -> Text {
        Text("\(used) of \(limit) used", "\(used) sur \(limit) occupés")
    }

    static func factUsed(_ used: Int) -> Text {
        Text("\(used) used, no limit", "\(used) occupés, sans limite")
    }

    static func factAvailable(_ count: Int) -> Text {
        Text("\(count) available", "\(count) libres")
    }

    static func factReserved(_ count: Int) -> Text {
        Text("\(count) reserved for others", "\(count) réservés à d'autres")
    }

    static func factWaiting(_ count: Int) -> Text {
        Text("\(count) waiting", "\(count) en attente")
    }

    static func factWaiting(_ count: Int, of limit: Int) -> Text {
        Text("\(count) of \(limit) waiting", "\(count) sur \(limit) en attente")
    }

    static func factOpenUntil(_ instant: String) -> Text {
        Text("open until \(instant)", "ouvert jusqu'à \(instant)")
    }

    static func factOpens(_ instant: String) -> Text {
        Text("opens \(instant)", "ouvre à \(instant)")
    }

    static func factEarliest(_ instant: String) -> Text {
        Text("earliest \(instant)", "au plus tôt à \(instant)")
    }

    static func ruleFacts(_ rule: String, _ facts: Text) -> Text {
        Text("\(rule): \(facts.english)", "\(rule) : \(facts.french)")
    }
}
