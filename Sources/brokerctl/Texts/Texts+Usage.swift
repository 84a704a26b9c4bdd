import BrokerText

/// What is wrong with a command line.
extension Text {
    static func tooLongToWait(_ text: String, most: String) -> Text {
        Text(
            "\(text) is too long to wait: \(most) is the most.",
            "\(text) est une attente trop longue : \(most) est le maximum.")
    }

    static func hasPassed(_ text: String, _ instant: String) -> Text {
        Text(
            "\(text) has passed (\(instant)): name an instant to come, or leave --at out to drain at "
                + "once.",
            "\(text) est passé (\(instant)) : donnez un instant à venir, ou omettez --at pour vider "
                + "tout de suite.")
    }

    static let yesAndDryRun = Text(
        "--yes and --dry-run exclude each other.", "--yes et --dry-run s'excluent.")
    static let revisionNumber = Text("a revision is 0 or more.", "une révision est 0 ou plus.")
    static let sizeNumber = Text("a size is 0 or more.", "une taille est 0 ou plus.")
    static let slotsAndAnyTime = Text(
        "--slots and --any-time exclude each other.", "--slots et --any-time s'excluent.")

    static func noSlotList(_ text: String) -> Text {
        Text(
            "--slots: \"\(text)\" is no list such as mon.am,tue.pm.",
            "--slots : \"\(text)\" n'est pas une liste comme mon.am,tue.pm.")
    }

    static func noNumber(_ option: String, _ text: String) -> Text {
        Text(
            "\(option): \"\(text)\" is no number.", "\(option) : \"\(text)\" n'est pas un nombre.")
    }

    static func noNumberNorNone(_ option: String, _ text: String) -> Text {
        Text(
            "\(option): \"\(text)\" is no number and not none.",
            "\(option) : \"\(text)\" n'est ni un nombre ni none.")
    }

    static func reserveByPool(_ text: String) -> Text {
        Text(
            "--reserve: with several pools write pool=n, not \"\(text)\".",
            "--reserve : avec plusieurs parcs écrivez parc=n, et non \"\(text)\".")
    }

    static let holderGroupAlone = Text(
        "--holder-group needs --holder.", "--holder-group demande --holder.")
    static let keyForm = Text(
        "--idempotency-key is 1 to 255 printable ASCII characters.",
        "--idempotency-key a de 1 à 255 caractères ASCII imprimables.")
    static let ttlOneSecond = Text("--ttl must be at least 1s.", "--ttl doit être d'au moins 1s.")
    static let ttlThreeSeconds = Text(
        "--ttl must be at least 3s.", "--ttl doit être d'au moins 3s.")
    static let intervalOneSecond = Text(
        "--interval must be at least 1s.", "--interval doit être d'au moins 1s.")
    static let nameALease = Text(
        "name a lease, or set BROKER_LEASE.",
        "nommez une attribution, ou définissez BROKER_LEASE.")

    static func noSeatPair(_ text: String) -> Text {
        Text(
            "\"\(text)\" is no key=value of a seat.",
            "\"\(text)\" n'est pas une paire clé=valeur d'un poste.")
    }

    static func noPort(_ text: String) -> Text {
        Text("\"\(text)\" is no port.", "\"\(text)\" n'est pas un port.")
    }

    static func noSeatKey(_ text: String) -> Text {
        Text(
            "\"\(text)\" is no key of a seat; name, host, port, url and agent are.",
            "\"\(text)\" n'est pas une clé d'un poste ; name, host, port, url et agent en sont.")
    }

    static let seatNeedsName = Text("a seat needs name=….", "un poste demande name=….")
    static let pathForm = Text(
        "a path begins with / and is percent-encoded: /v1/leases?holder=jdupont",
        "un chemin commence par / et est encodé par des % : /v1/leases?holder=jdupont")

    static func notInThePast(_ text: String) -> Text {
        Text("\(text) is not in the past.", "\(text) n'est pas dans le passé.")
    }

    static let atOrBounds = Text(
        "--at is for a week; --from and --to bound what they name.",
        "--at désigne une semaine ; --from et --to bornent ce qu'ils nomment.")
    static let commandMissing = Text(
        "write the command after --, as in: run -- xfreerdp /v:…",
        "écrivez la commande après --, comme : run -- xfreerdp /v:…")
    static let noticeEmpty = Text("--on-notice is empty.", "--on-notice est vide.")

    // MARK: Instants

    static func noInstant(_ text: String) -> Text {
        Text(
            "\"\(text)\" is no instant: write it as 13:00, 'today 13:00', 'tomorrow 08:00', "
                + "'2026-11-30 13:00', or with its zone as 2026-11-30T12:00:00Z",
            "\"\(text)\" n'est pas un instant : écrivez 13:00, 'today 13:00', 'tomorrow 08:00', "
                + "'2026-11-30 13:00', ou avec son fuseau 2026-11-30T12:00:00Z")
    }

    static func leftOut(_ text: String, _ clock: String) -> Text {
        Text(
            "\"\(text)\": clocks are set forward that day, and leave \(clock) out",
            "\"\(text)\" : on avance les horloges ce jour-là, et \(clock) n'existe pas")
    }

    // MARK: Ranges of names

    static func badRange(_ pattern: String, _ why: Text) -> Text {
        Text("\"\(pattern)\": \(why.english).", "\"\(pattern)\" : \(why.french).")
    }

    static let closesUnopened = Text("\"]\" without \"[\"", "\"]\" sans \"[\"")
    static let opensUnclosed = Text("\"[\" without \"]\"", "\"[\" sans \"]\"")
    static let oneRange = Text(
        "one range in a name, not several", "une plage par nom, et non plusieurs")

    static func tooManyNames(_ most: Int) -> Text {
        Text("more than \(most) names", "plus de \(most) noms")
    }

    static func noRange(_ part: String) -> Text {
        Text(
            "\"\(part)\" is no range of numbers", "\"\(part)\" n'est pas une plage de nombres")
    }

    static func backwards(_ part: String) -> Text {
        Text("\"\(part)\" runs backwards", "\"\(part)\" va à rebours")
    }
}
