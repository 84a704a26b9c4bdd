import BrokerText

/// What `brokerctl events` says.
extension Text {
    static let aboutEvents = Text(
        "Print what happens: leases, seats, pools, windows, the line.",
        "Affiche ce qui se passe : attributions, postes, parcs, plages, file d'attente.")
    static let moreEvents = Text(
        """
        Without --follow, all that the journal still has, and then it ends. With it, from now on, \
        until Ctrl-C; a restart of the broker is ridden through without a loss. As json and jsonl, \
        each event is one line.
        """,
        """
        Sans --follow, tout ce que le journal a encore, puis la commande se termine. Avec, à partir \
        de maintenant, jusqu'à Ctrl-C ; un redémarrage du service est franchi sans perte. En json et \
        en jsonl, chaque événement est une ligne.
        """)
    static let eventsFollow = Text(
        "Go on with what comes.",
        "Continue avec ce qui arrive.")
    static let eventsAfter = Text(
        "Only what came after this revision.",
        "Seulement ce qui est arrivé après cette révision.")
    static let eventsTypes = Text(
        "Only these types, as lease.ended, or families, as lease; may be repeated.",
        "Seulement ces types, comme lease.ended, ou familles, comme lease ; peut être répété.")
    static let eventsPool = Text(
        "Only what is about this pool.",
        "Seulement ce qui concerne ce parc.")
    static let eventsGroup = Text(
        "Only what is about this group.",
        "Seulement ce qui concerne ce groupe.")
    static let eventsHolder = Text(
        "Only what is about this person.",
        "Seulement ce qui concerne cette personne.")
    static let eventsOutput = Text(
        "How to print events: table, json or jsonl.",
        "Forme des événements : table, json ou jsonl.")
    static let eventsOutputForms = Text(
        "events are printed as table, json or jsonl.",
        "les événements s'affichent en table, json ou jsonl.")
    static let eventsRevision = Text(
        "a revision is 0 or more.",
        "une révision est 0 ou plus.")
    static let eventsAbsent = Text(
        "the broker is away; trying again until it is back.",
        "le service est absent ; nouveaux essais jusqu'à son retour.")
    static let eventsBack = Text(
        "the broker is back; nothing was missed.",
        "le service est de retour ; rien n'a été manqué.")
    /// - Parameter detail: the daemon's sentence.
    static func eventsDropped(_ detail: String) -> Text {
        Text("the broker has hung up: \(detail)", "le service a raccroché : \(detail)")
    }
}
