import BrokerText

/// What `brokerctl usage` says.
extension Text {
    static let aboutUsage = Text(
        "Count what was leased, refused and waited for.",
        "Compte ce qui a été attribué, refusé et attendu.")
    static let moreUsage = Text(
        """
        Without --from, since midnight. Live leases count up to the present. The peak is the most \
        leases that were live at once; peaks of parts are reached at different times and do not add \
        up. Hours, days and months are those of the rota's time zone.
        """,
        """
        Sans --from, depuis minuit. Les attributions en cours comptent jusqu'à maintenant. La pointe \
        est le plus grand nombre d'attributions en même temps ; les pointes des parties sont \
        atteintes à des moments différents et ne s'additionnent pas. Les heures, jours et mois sont \
        ceux du fuseau du planning.
        """)
    static let usageFrom = Text(
        "From this time on; a date is its midnight by the house's clock.",
        "À partir de cet instant ; une date est son minuit à l'heure de la maison.")
    static let usageTo = Text(
        "Before this time, instead of up to now.",
        "Avant cet instant, au lieu de jusqu'à maintenant.")
    static let usageBy = Text(
        "Figures of each group, each pool, and each hour, day or month; may be repeated.",
        "Chiffres par groupe, par parc, et par heure, jour ou mois ; peut être répété.")
    static let usageByForm = Text(
        "--by is group, pool, and one of hour, day and month, each once.",
        "--by est group, pool, et l'un de hour, day et month, chacun une fois.")

    static func usageHead(from: String, to: String, _ zone: String) -> Text {
        Text(
            "From \(from) to \(to); periods by the clock of \(zone).",
            "Du \(from) au \(to) ; périodes à l'heure de \(zone).")
    }
}
