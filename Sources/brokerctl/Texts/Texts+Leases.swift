import BrokerAPI
import BrokerText

/// Leases: what became of them, and what is asked about them.
extension Text {
    static func released(_ ids: String) -> Text {
        Text("released \(ids).", "rendu : \(ids).")
    }

    static func endNow(_ names: String) -> Text {
        Text("End \(names) now?", "Mettre fin maintenant à \(names) ?")
    }

    static func endIn(_ names: String, _ time: String) -> Text {
        Text("End \(names) in \(time)?", "Mettre fin dans \(time) à \(names) ?")
    }

    static func noRDPFile(_ lease: String, seat: String, _ name: String) -> Text {
        Text(
            "lease \(lease): seat \(seat) is reached by \(name), and has no .rdp file.",
            "attribution \(lease) : le poste \(seat) se joint par \(name), et n'a pas de fichier "
                + ".rdp.")
    }

    static func unusableHost(_ lease: String, seat: String) -> Text {
        Text(
            "lease \(lease): the host of seat \(seat) fits no .rdp file.",
            "attribution \(lease) : l'hôte du poste \(seat) ne convient pas à un fichier .rdp.")
    }
}

/// What `run` says while it holds a lease.
extension Text {
    static func youHold(_ lease: String) -> Text {
        Text(
            "you hold lease \(lease) already; it stays when the command ends.",
            "vous détenez déjà l'attribution \(lease) ; elle reste quand la commande se termine.")
    }

    static func holds(_ holder: String, _ lease: String) -> Text {
        Text(
            "\(holder) holds lease \(lease) already; it stays when the command ends.",
            "\(holder) détient déjà l'attribution \(lease) ; elle reste quand la commande se "
                + "termine.")
    }

    static func commandFailed(_ command: String, _ why: Text) -> Text {
        Text("\(command): \(why.english).", "\(command) : \(why.french).")
    }

    static let commandNotFound = Text("command not found", "commande introuvable")
    static let commandUnnamed = Text("no name", "sans nom")

    static func notReleased(_ lease: String) -> Text {
        Text(
            "lease \(lease) could not be released, and runs out by itself.",
            "l'attribution \(lease) n'a pas pu être rendue, et court jusqu'à sa fin.")
    }

    static func lost(_ lease: String, _ why: String) -> Text {
        Text(
            "lease \(lease) was lost: \(why).", "l'attribution \(lease) est perdue : \(why).")
    }

    static let notAllowedAnyMore = Text(
        "it is not allowed any more.", "ce n'est plus permis.")
    static let notKnown = Text("the broker does not know it", "le service ne la connaît pas")
    static let notKnownAnyMore = Text(
        "the broker does not know it any more", "le service ne la connaît plus")
    static let couldNotRenew = Text(
        "it expired, and could not be renewed", "elle a expiré, et n'a pu être prolongée")
    static let hasEnded = Text("it ended", "elle a pris fin")

    static func endsIn(_ time: String) -> Text {
        Text("the lease ends in \(time).", "l'attribution prend fin dans \(time).")
    }

    static func endsIn(_ time: String, _ why: String) -> Text {
        Text("the lease ends in \(time): \(why).", "l'attribution prend fin dans \(time) : \(why).")
    }

    static func endsUnrenewed(in time: String, _ why: String) -> Text {
        Text(
            "the lease ends in \(time) and cannot be renewed: \(why)",
            "l'attribution prend fin dans \(time) et ne peut être prolongée : \(why)")
    }

    static let isEnding = Text("the lease is ending.", "l'attribution touche à sa fin.")

    static func isEnding(_ why: String) -> Text {
        Text("the lease is ending: \(why).", "l'attribution touche à sa fin : \(why).")
    }

    static func noticeFailed(_ why: Text) -> Text {
        Text(
            "the command of --on-notice failed: \(why.english).",
            "la commande de --on-notice a échoué : \(why.french).")
    }

    static func noticeEnded(_ status: Int32) -> Text {
        Text("it ended with exit code \(status)", "son code de retour est \(status)")
    }

    /// For `systemctl status`.
    static func unitStatus(_ lease: String, seat: String) -> Text {
        Text("Lease \(lease), seat \(seat)", "Attribution \(lease), poste \(seat)")
    }
}

/// The waiting line.
extension Text {
    static let brokerAway = Text(
        "the broker is away; asking again.", "le service est absent ; nouvelle demande.")
    static let brokerAwayKeeps = Text(
        "the broker is away, and keeps the place for a while; asking again",
        "le service est absent, et garde la place un moment ; nouvelle demande")

    static func grantedAfter(_ time: String) -> Text {
        Text("granted after \(time) in line.", "attribué après \(time) dans la file.")
    }

    static func placeInLine(_ place: Int) -> Text {
        Text("place \(place) in line", "place \(place) dans la file")
    }

    static func seatExpected(_ instant: String) -> Text {
        Text("a seat is expected at \(instant)", "un poste est attendu à \(instant)")
    }

    static func leftToWait(_ time: String) -> Text {
        Text("\(time) left to wait", "encore \(time) d'attente")
    }

    static let semicolon = Text("; ", " ; ")
}

extension LeaseEndReason {
    /// Why a lease ends, for a person.
    var text: Text {
        switch self {
        case .released: Text("released", "rendue")
        case .expired: Text("expired", "expirée")
        case .revoked: Text("revoked", "retirée")
        case .windowClosed: Text("window-closed", "fin de la plage")
        case .drained: Text("drained", "vidage")
        case .seatFailed: Text("seat-failed", "poste en panne")
        }
    }
}
