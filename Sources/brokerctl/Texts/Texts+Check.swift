import BrokerText

/// Help of the checks; what they print is English whoever looks.
extension Text {
    static let aboutCheck = Text(
        "Check the broker for Centreon, Icinga, Nagios.",
        "Contrôle le service pour Centreon, Icinga, Nagios.")
    static let checkCodes = Text(
        "Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; wrong usage is 3 as well.",
        "Codes de retour : 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN ; un mauvais usage donne "
            + "3 aussi.")
    static let aboutCheckSeats = Text(
        "Check how many seats are taken, of each open pool (default: 90% and 98%).",
        "Contrôle combien de postes sont pris dans chaque parc ouvert (par défaut : 90% et 98%).")
    static let aboutCheckQuota = Text(
        "Check how far groups use their quota (default: 95%, never critical).",
        "Contrôle l'usage que les groupes font de leur quota (par défaut : 95%, jamais critique).")
    static let aboutCheckQueue = Text(
        "Check how many wait (default: 50 and 500), and for how long (900 and 3600 seconds).",
        "Contrôle combien attendent (par défaut : 50 et 500), et depuis quand (900 et 3600 "
            + "secondes).")
    static let aboutCheckStore = Text(
        "Check whether changes are written, and the space that is left (default: 10%: and 5%:).",
        "Contrôle si les changements s'écrivent, et l'espace libre (par défaut : 10%: et 5%:).")
    static let aboutCheckDrain = Text(
        "Check for leases left past the deadline of a drain (default: 30 and 300 seconds).",
        "Contrôle s'il reste des attributions après l'échéance d'un vidage (par défaut : 30 et 300 "
            + "secondes).")
    static let aboutCheckAll = Text(
        "Check all of it, with the default thresholds.",
        "Contrôle le tout, avec les seuils par défaut.")
    static let checkPool = Text("Only this pool.", "Seulement ce parc.")
    static let checkGroup = Text("Only this group.", "Seulement ce groupe.")
    static let checkWarning = Text(
        "Values that are well, in numbers or percent: 10, 10:, ~:10, 10:20, 90%; with @, those "
            + "that are not.",
        "Valeurs normales, en nombre ou en pour cent : 10, 10:, ~:10, 10:20, 90% ; avec @, "
            + "celles qui ne le sont pas.")
    static let checkCritical = Text(
        "As --warning; values beyond are critical.",
        "Comme --warning ; au-delà, c'est critique.")
    static let checkOldestWarning = Text(
        "As --warning, of the seconds for which the first has been waiting.",
        "Comme --warning, pour les secondes depuis lesquelles le premier attend.")
    static let checkOldestCritical = Text(
        "As --critical, of the seconds for which the first has been waiting.",
        "Comme --critical, pour les secondes depuis lesquelles le premier attend.")
    static let checkOldestOfAll = Text(
        "--group counts who waits; the oldest is that of all groups.",
        "--group compte ceux qui attendent ; l'ancienneté est celle de tous les groupes.")
    static let checkURL = Text(
        "The monitoring listener instead of a socket, as http://127.0.0.1:9470.",
        "L'écoute de surveillance au lieu d'une socket, comme http://127.0.0.1:9470.")
    static let checkUnreachable = Text(
        "What a daemon that does not answer counts as.",
        "Ce que vaut un service qui ne répond pas.")
    static let checkTimeout = Text(
        "How long to wait for the answer (default: 10s).",
        "Combien de temps attendre la réponse (par défaut : 10s).")
    static let checkTimeoutRange = Text(
        "--timeout must be between 1s and 24h.", "--timeout doit être compris entre 1s et 24h.")
    static let checkNoPercent = Text(
        "this has no whole that a percentage could be of: give numbers.",
        "il n'y a pas ici de tout dont prendre un pourcentage : donnez des nombres.")

    static func checkBadURL(_ url: String) -> Text {
        Text(
            "\(url) is no address of the monitoring listener: http://127.0.0.1:9470",
            "\(url) n'est pas une adresse de l'écoute de surveillance : http://127.0.0.1:9470")
    }
}
