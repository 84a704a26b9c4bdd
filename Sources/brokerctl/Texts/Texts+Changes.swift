import BrokerText

/// What admins are asked, and told, about changes.
extension Text {
    static let confirmYes = Text("[y/N]", "[o/N]")

    static func deletedPool(_ pool: String) -> Text {
        Text("deleted pool \(pool).", "parc \(pool) supprimé.")
    }

    static func deletedGroup(_ group: String) -> Text {
        Text("deleted group \(group).", "groupe \(group) supprimé.")
    }

    static func wroteBackup(_ bytes: Int64, to file: String) -> Text {
        Text("wrote \(bytes) bytes to \(file).", "\(bytes) octets écrits dans \(file).")
    }

    static let nothingChanged = Text("Nothing changed.", "Rien n'a changé.")
    static let nothingChanges = Text("Nothing changes.", "Rien ne change.")

    static func settingChanged(_ key: String) -> Text {
        Text("\(key) changed.", "\(key) a changé.")
    }

    static func settingNeedsRestart(_ key: String) -> Text {
        Text(
            "\(key) changed, and counts after a restart.",
            "\(key) a changé, et compte après un redémarrage.")
    }

    static func outsideWindows(_ count: Int, group: String) -> Text {
        Text(
            "Leases (\(count)) of group \(group) are outside of its windows then, and end after the "
                + "grace. Go on?",
            "Des attributions (\(count)) du groupe \(group) sont alors hors de ses plages, et "
                + "prennent fin après le délai de grâce. Continuer ?")
    }

    static func siteDisplaces(_ count: Int) -> Text {
        Text(
            "Leases (\(count)) are displaced: they end when their time is up, or, outside of their "
                + "group's windows, after the grace. Go on?",
            "Des attributions (\(count)) sont délogées : elles prennent fin à leur terme, ou, hors "
                + "des plages de leur groupe, après le délai de grâce. Continuer ?")
    }

    static func shrink(_ pool: String, to size: Int, _ count: Int) -> Text {
        Text(
            "Shrink \(pool) to \(size): leases (\(count)) end for good when their time is up. Go on?",
            "Réduire \(pool) à \(size) : des attributions (\(count)) prennent fin pour de bon à leur "
                + "terme. Continuer ?")
    }

    static func shrink(_ pool: String, to size: Int, _ count: Int, last instant: String) -> Text {
        Text(
            "Shrink \(pool) to \(size): leases (\(count)) end for good when their time is up, the "
                + "last at \(instant). Go on?",
            "Réduire \(pool) à \(size) : des attributions (\(count)) prennent fin pour de bon à leur "
                + "terme, la dernière à \(instant). Continuer ?")
    }
}

/// Drains.
extension Text {
    static func drainPool(_ pool: String) -> Text {
        Text("pool \(pool)", "le parc \(pool)")
    }

    static func drainSeat(_ seat: String) -> Text {
        Text("seat \(seat)", "le poste \(seat)")
    }

    static func drainSeats(_ count: Int) -> Text {
        Text("\(count) seats", "\(count) postes")
    }

    static func drainNow(_ subject: Text) -> Text {
        Text(
            "Drain \(subject.english): no new leases",
            "Vider \(subject.french) : plus de nouvelles attributions")
    }

    static func drainFrom(_ subject: Text, _ instant: String) -> Text {
        Text(
            "Drain \(subject.english) from \(instant): no new leases then",
            "Vider \(subject.french) à partir de \(instant) : plus de nouvelles attributions alors")
    }

    static func drainEnds(_ count: Int, _ end: Text) -> Text {
        Text(
            "; those there are (\(count)) end \(end.english). Go on?",
            " ; celles qui existent (\(count)) prennent fin \(end.french). Continuer ?")
    }

    static func drainDeadline(_ instant: String, cut: Int) -> Text {
        Text(
            "at \(instant) at the latest, which cuts \(cut) off",
            "à \(instant) au plus tard, ce qui en coupe \(cut)")
    }

    static let drainWhenever = Text(
        "whenever their holders let them", "quand leurs titulaires le veulent")

    static func drainStarts(_ instant: String) -> Text {
        Text(
            "It starts at \(instant); until then nothing changes.",
            "Il commence à \(instant) ; d'ici là rien ne change.")
    }

    static let oneLeaseLive = Text("1 lease is live.", "1 attribution est en cours.")

    static func leasesLive(_ count: Int) -> Text {
        Text("\(count) leases are live.", "\(count) attributions sont en cours.")
    }

    static func oneEndsBy(_ instant: String) -> Text {
        Text("  1 ends by \(instant)", "  1 prend fin d'ici \(instant)")
    }

    static func endBy(_ count: Int, _ instant: String) -> Text {
        Text("  \(count) end by \(instant)", "  \(count) prennent fin d'ici \(instant)")
    }

    static func oneRevoked(_ instant: String) -> Text {
        Text(
            "1 is revoked at the deadline, \(instant).", "1 est retirée à l'échéance, \(instant).")
    }

    static func revoked(_ count: Int, _ instant: String) -> Text {
        Text(
            "\(count) are revoked at the deadline, \(instant).",
            "\(count) sont retirées à l'échéance, \(instant).")
    }

    static let waitsForEver = Text(
        "There is no deadline: who renews stays, for ever if need be.",
        "Il n'y a pas d'échéance : qui prolonge reste, aussi longtemps qu'il veut.")

    static func warning(_ text: String) -> Text {
        Text("warning: \(text)", "avertissement : \(text)")
    }

    static func warningMore(_ count: Int) -> Text {
        Text(
            "warning: and \(count) more times like these",
            "avertissement : et \(count) autres moments semblables")
    }
}
