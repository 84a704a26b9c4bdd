import BrokerAPI
import BrokerText

/// Words of tables and of what stands above them.
extension Text {
    static let yesWord = Text("yes", "oui")
    static let noWord = Text("no", "non")

    static func inTime(_ clock: String, _ time: String) -> Text {
        Text("\(clock) (in \(time))", "\(clock) (dans \(time))")
    }

    /// Below a title in the sheet of one thing.
    static func label(_ title: Text) -> Text {
        Text("\(title.english):", "\(title.french) :")
    }

    /// Short names of the days, Sunday first, as `tm_wday` counts.
    static let weekdaysFromSunday = [
        Text("Sun", "dim."), Text("Mon", "lun."), Text("Tue", "mar."), Text("Wed", "mer."),
        Text("Thu", "jeu."), Text("Fri", "ven."), Text("Sat", "sam."),
    ]
}

/// The status.
extension Text {
    static func overview(version: String, state: Text, time: String) -> Text {
        Text(
            "brokerd \(version) is \(state.english) for \(time), ",
            "brokerd \(version) est \(state.french) depuis \(time), ")
    }

    static func overviewStore(_ kind: String, revision: Int) -> Text {
        Text("\(kind) store at revision \(revision)", "base \(kind) à la révision \(revision)")
    }

    static let diskNearlyFull = Text(", disk nearly full", ", disque presque plein")

    static func seatsInAll(_ total: Int) -> Text {
        Text("\(total) seats: ", "\(total) postes : ")
    }

    static func seatsInAll(_ total: Int, limit: Int) -> Text {
        Text("\(total) seats of at most \(limit): ", "\(total) postes sur \(limit) au plus : ")
    }

    static func seatsLeased(_ leased: Int, available: Int) -> Text {
        Text("\(leased) leased, \(available) available", "\(leased) attribués, \(available) libres")
    }

    static func seatsCleaning(_ count: Int) -> Text {
        Text(", \(count) cleaning", ", \(count) en nettoyage")
    }

    static func seatsStarting(_ count: Int) -> Text {
        Text(", \(count) starting", ", \(count) en démarrage")
    }

    static func seatsOffline(_ count: Int) -> Text {
        Text(", \(count) offline", ", \(count) hors ligne")
    }

    static func seatsQuarantined(_ count: Int) -> Text {
        Text(", \(count) quarantined", ", \(count) en quarantaine")
    }

    static func seatsCordoned(_ count: Int) -> Text {
        Text(", \(count) cordoned", ", \(count) fermés")
    }

    static func waiting(_ count: Int, first time: String) -> Text {
        Text(
            "\(count) waiting, the first for \(time)",
            "\(count) en attente, le premier depuis \(time)")
    }

    static func rotaIn(_ zone: String) -> Text {
        Text("rota in \(zone)", "planning à l'heure de \(zone)")
    }

    static func windowsKnown(_ instant: String) -> Text {
        Text(", windows known until \(instant)", ", plages connues jusqu'au \(instant)")
    }

    static let noWindowsKnown = Text(", no windows known yet", ", pas encore de plages connues")

    static func poolIs(_ pool: String, _ what: Text) -> Text {
        Text("pool \(pool) \(what.english)", "le parc \(pool) \(what.french)")
    }

    static func drainsFrom(_ instant: String) -> Text {
        Text("drains from \(instant)", "sera vidé à partir de \(instant)")
    }

    static let isCordoned = Text("is cordoned", "est fermé")

    static func isDraining(left: Int) -> Text {
        Text("is draining, \(left) left", "est en cours de vidage, il en reste \(left)")
    }

    static let isDrained = Text("is drained", "est vidé")

    static func atTheLatest(_ instant: String) -> Text {
        Text(", until \(instant) at the latest", ", jusqu'à \(instant) au plus tard")
    }

    static func byWhom(_ name: String) -> Text {
        Text(", by \(name)", ", par \(name)")
    }

    static func becauseOf(_ reason: String) -> Text {
        Text(": \(reason)", " : \(reason)")
    }

    static func openUntil(_ instant: String) -> Text {
        Text("until \(instant)", "jusqu'à \(instant)")
    }

    static func openFrom(_ instant: String) -> Text {
        Text("from \(instant)", "à partir de \(instant)")
    }
}

/// The rota.
extension Text {
    static func weekOf(_ week: Int, _ weeks: Int) -> Text {
        Text("week \(week) of \(weeks)", "semaine \(week) sur \(weeks)")
    }

    static func grace(_ time: String) -> Text {
        Text("grace \(time)", "délai de grâce \(time)")
    }

    static func atAnyTime(_ groups: String) -> Text {
        Text("At any time: \(groups).", "À tout moment : \(groups).")
    }

    static let exceptionClosed = Text("closed", "fermé")
    static let exceptionSlots = Text("slots", "créneaux")
}

/// What `explain` and `replay` say.
extension Text {
    static let explainGranted = Text("would get a seat", "obtiendrait un poste")
    static let explainRefused = Text("would get no seat", "n'obtiendrait pas de poste")

    static func explained(_ outcome: Text, _ agent: String, _ what: Text) -> Text {
        Text(
            "\(outcome.english): \(agent) \(what.english)",
            "\(outcome.french) : \(agent) \(what.french)")
    }

    static func ofPool(_ pool: String) -> Text {
        Text(" of \(pool)", " de \(pool)")
    }

    static func explainHeld(_ pool: Text) -> Text {
        Text(
            "has a seat\(pool.english), and would get it back",
            "a un poste\(pool.french), et le retrouverait")
    }

    static func atInstant(_ instant: String) -> Text {
        Text(" at \(instant).", " à \(instant).")
    }

    static func earliest(_ instant: String) -> Text {
        Text("Earliest: at \(instant).", "Au plus tôt : à \(instant).")
    }

    static let earliestUnknown = Text("Earliest: none in sight.", "Au plus tôt : rien en vue.")

    static func waitBefore(_ count: Int) -> Text {
        Text("\(count) wait before.", "\(count) attendent avant.")
    }

    static func accountMinutes(_ minutes: Int) -> Text {
        Text(
            "Waited or refused in the last 14 days: \(minutes) min, which counts between those who "
                + "come in the same second.",
            "En attente ou refusé ces 14 derniers jours : \(minutes) min, ce qui départage ceux qui "
                + "arrivent à la même seconde.")
    }

    static func replayed(_ count: Int, from: String, to: String) -> Text {
        Text(
            "\(count) requests from \(from) to \(to)", "\(count) demandes du \(from) au \(to)")
    }
}

extension ServiceState {
    /// In a sentence.
    var text: Text {
        switch self {
        case .serving: Text("serving", "en service")
        case .readOnly: Text("read-only", "en lecture seule")
        case .stopping: Text("stopping", "en cours d'arrêt")
        }
    }
}

extension ExplainOutcome {
    /// In a sentence.
    var text: Text {
        switch self {
        case .granted: Text("granted", "accordé")
        case .refused: Text("refused", "refusé")
        case .held: Text("held", "détenu")
        }
    }
}
