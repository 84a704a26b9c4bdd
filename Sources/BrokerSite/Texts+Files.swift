import BrokerText

/// What is wrong with keys and values of a file, and what to do about it. What a user wrote comes in
/// quotes already.
extension Text {
    // MARK: Any table

    static func missing(_ key: String, _ purpose: Text) -> Text {
        Text(
            "\"\(key)\" is missing: \(purpose.english)", "il manque \"\(key)\" : \(purpose.french)")
    }

    static func numberKind(_ key: String, _ kind: Text) -> Text {
        Text(
            "\(key) takes a whole number, not \(kind.english)",
            "\(key) demande un nombre entier, et non \(kind.french)")
    }

    static func range(_ key: String, _ least: Int, _ most: Int, _ rest: Text) -> Text {
        Text(
            "\"\(key)\" is \(least) to \(most)\(rest.english)",
            "\"\(key)\" va de \(least) à \(most)\(rest.french)")
    }

    static func advice(_ advice: Text) -> Text {
        Text(": \(advice.english)", " : \(advice.french)")
    }

    static func listKind(_ key: String, _ kind: Text) -> Text {
        Text(
            "\(key) takes a list in square brackets, not \(kind.english)",
            "\(key) demande une liste entre crochets, et non \(kind.french)")
    }

    static func textKind(_ key: String, _ kind: Text) -> Text {
        Text(
            "\(key) takes text in quotes, not \(kind.english)",
            "\(key) demande un texte entre guillemets, et non \(kind.french)")
    }

    static func booleanKind(_ key: String, _ kind: Text) -> Text {
        Text(
            "\"\(key)\" takes true or false, not \(kind.english)",
            "\"\(key)\" demande true ou false, et non \(kind.french)")
    }

    static func dateKind(_ key: String, _ example: String, _ kind: Text) -> Text {
        Text(
            "\"\(key)\" takes a date without quotes or time, such as \(example), not \(kind.english)",
            "\"\(key)\" demande une date sans guillemets ni heure, comme \(example), et non "
                + "\(kind.french)")
    }

    static func tableKind(_ key: String, _ path: String) -> Text {
        Text(
            "\"\(key)\" is a table: write [\(path)\(key)], once",
            "\"\(key)\" est une table : écrivez [\(path)\(key)], une fois")
    }

    static func tablesKind(_ key: String, _ path: String) -> Text {
        Text(
            "\"\(key)\" is a list of tables: write [[\(path)\(key)]]",
            "\"\(key)\" est une liste de tables : écrivez [[\(path)\(key)]]")
    }

    static func tablesElement(_ key: String, _ kind: Text) -> Text {
        Text(
            "\"\(key)\" lists tables, not \(kind.english)",
            "\"\(key)\" énumère des tables, et non \(kind.french)")
    }

    static func unknownKey(_ key: String, _ advice: Text) -> Text {
        Text("unknown key \(key): \(advice.english)", "clé inconnue \(key) : \(advice.french)")
    }

    static func didYouMean(_ key: String) -> Text {
        Text("did you mean \"\(key)\"?", "vouliez-vous dire \"\(key)\" ?")
    }

    static func knownHere(_ keys: String) -> Text {
        Text("known here: \(keys)", "connues ici : \(keys)")
    }

    static func textTooLong(_ bytes: Int, _ most: Int) -> Text {
        Text(
            "the text has \(bytes) bytes, and \(most) are the most",
            "le texte a \(bytes) octets, et \(most) sont le maximum")
    }

    static let notUTF8 = Text(
        "this is not UTF-8: save the file in UTF-8",
        "ce n'est pas de l'UTF-8 : enregistrez le fichier en UTF-8")
}

/// The site.
extension Text {
    static let everyPool = Text("every pool has one", "chaque parc en a un")
    static let everySeat = Text("every listed seat has one", "chaque poste énuméré en a un")
    static let everyGroup = Text("every group has one", "chaque groupe en a un")
    static let giveSize = Text(
        "give the number of seats, or list them with seats",
        "donnez le nombre de postes, ou énumérez-les par seats")
    static let driverSeats = Text(
        "the seat driver is not part of this version: write \"none\"",
        "le pilote des postes ne fait pas partie de cette version : écrivez \"none\"")

    static func unknownDriver(_ name: String) -> Text {
        Text(
            "there is no driver \(name): write \"none\"",
            "il n'y a pas de pilote \(name) : écrivez \"none\"")
    }

    static func unknownProtocol(_ name: String, _ all: String) -> Text {
        Text(
            "there is no protocol \(name): write one of \(all)",
            "il n'y a pas de protocole \(name) : écrivez l'un de \(all)")
    }

    static let listMembers = Text(
        "list users and, with \"@\", unix groups; [] is nobody",
        "énumérez les utilisateurs et, avec \"@\", les groupes unix ; [] n'est personne")
    static let listPools = Text(
        "list the pools that its members may use; [] is none",
        "énumérez les parcs auxquels ses membres ont accès ; [] n'est aucun")
    static let memberMissing = Text(
        "a name is missing: give a user, or \"@\" and a unix group",
        "il manque un nom : donnez un utilisateur, ou \"@\" et un groupe unix")

    static func reserveWhere(_ count: Int) -> Text {
        Text(
            "the group has \(count) pools: say where, as in reserve = { pool = 10 }",
            "le groupe a \(count) parcs : dites où, comme reserve = { parc = 10 }")
    }

    static func reserveKind(_ kind: Text) -> Text {
        Text(
            "\"reserve\" takes a number, or one for each pool as in { pool = 10 }, not "
                + "\(kind.english)",
            "\"reserve\" demande un nombre, ou un par parc comme { parc = 10 }, et non "
                + "\(kind.french)")
    }

    // MARK: The rota

    static let giveTimezone = Text(
        "say where the clocks hang, such as \"Europe/Paris\"",
        "dites où sont les horloges, comme \"Europe/Paris\"")
    static let giveAnchor = Text(
        "give the Monday on which the cycle's first week begins, such as 2026-01-05",
        "donnez le lundi où commence la première semaine du cycle, comme 2026-01-05")

    static func slotKind(_ slot: String, _ kind: Text) -> Text {
        Text(
            "slot \(slot) takes its hours in quotes, such as \"08:00-13:00\", not \(kind.english)",
            "le créneau \(slot) demande ses heures entre guillemets, comme \"08:00-13:00\", et non "
                + "\(kind.french)")
    }

    static let giveDate = Text(
        "say on which day, such as 2026-11-11", "dites quel jour, comme 2026-11-11")
    static let closedTrue = Text(
        "\"closed\" is true, or left out where slots say what holds",
        "\"closed\" est true, ou omis quand slots dit ce qui vaut")
    static let closedOrSlots = Text(
        "a day is closed or has slots: keep one of the two",
        "un jour est fermé ou a des créneaux : gardez l'un des deux")
    static let exceptionEmpty = Text(
        "write closed = true, or slots = { am = [\"group\"] } for what holds",
        "écrivez closed = true, ou slots = { am = [\"groupe\"] } pour ce qui vaut")
}

/// The daemon's configuration.
extension Text {
    static let noLimit = Text("leave it out for no limit", "omettez-la pour n'avoir pas de limite")
    static let twoSockets = Text(
        "the agent and the control socket are two: give them two paths",
        "le socket des agents et celui d'administration sont deux : donnez-leur deux chemins")

    static let keepBelowNames = Text(
        "what is dropped has no name any more: keep_days is at least names_days",
        "ce qui est supprimé n'a plus de nom : keep_days est au moins names_days")

    static func noAddress(_ text: String) -> Text {
        Text(
            "\(text) is no address: write one as 127.0.0.1:9470 or [::1]:9470, in numbers",
            "\(text) n'est pas une adresse : écrivez-la comme 127.0.0.1:9470 ou [::1]:9470, en "
                + "chiffres")
    }

    static func socketPath(_ most: Int) -> Text {
        Text(
            "the path of a socket has at most \(most) bytes: shorten it",
            "le chemin d'un socket a au plus \(most) octets : raccourcissez-le")
    }

    static func pathKind(_ key: String) -> Text {
        Text(
            "\"\(key)\" takes a path that begins with \"/\"",
            "\"\(key)\" demande un chemin qui commence par \"/\"")
    }

    static func principalKind(_ key: String, _ kind: Text) -> Text {
        Text(
            "\"\(key)\" lists user names, unix groups with \"@\" and numbers, not \(kind.english)",
            "\"\(key)\" énumère des utilisateurs, des groupes unix avec \"@\" et des numéros, et non "
                + "\(kind.french)")
    }

    static func noID(_ number: Int64) -> Text {
        Text(
            "\(number) is no number of a user or unix group that could hold a right",
            "\(number) n'est pas un numéro d'utilisateur ou de groupe unix qui puisse avoir un droit"
        )
    }

    static func noName(_ text: String) -> Text {
        Text(
            "\(text) is no name of a user or unix group",
            "\(text) n'est pas un nom d'utilisateur ou de groupe unix")
    }
}
