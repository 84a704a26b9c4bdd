import BrokerText

/// What the calls of the audit say to a request that they do not serve.
extension Text {
    static let auditVerb = Text(
        "The query parameter verb is what an item of the audit says was done, as pool-drain.",
        "Le paramètre verb est ce qu'un élément de l'audit dit avoir été fait, comme pool-drain.")
    static let auditTarget = Text(
        "The query parameter target is a kind and a name, as pool/telework or holder/jdupont; site, "
            + "rota or broker; or a name alone.",
        "Le paramètre target est un genre et un nom, comme pool/telework ou holder/jdupont ; site, "
            + "rota ou broker ; ou un nom seul.")
    static let auditHead = Text(
        "The query parameter head is a number, a colon and 64 hexadecimal digits, as the system's log "
            + "has them.",
        "Le paramètre head est un nombre, un deux-points et 64 chiffres hexadécimaux, tels que le "
            + "journal du système les donne.")

    static func parameterInstant(_ name: String) -> Text {
        Text(
            "The query parameter \(name) is an instant, as 2026-11-24T08:00:00Z.",
            "Le paramètre \(name) est un instant, comme 2026-11-24T08:00:00Z.")
    }

    static func parameterEmpty(_ name: String) -> Text {
        Text(
            "The query parameter \(name) is not empty; leave it out instead.",
            "Le paramètre \(name) n'est pas vide ; omettez-le plutôt.")
    }

    static func historyUnavailable(_ why: String) -> Text {
        Text(
            "The history does not answer now: \(why). Leases and changes are served all the same.",
            "L'historique ne répond pas pour l'instant : \(why). Les attributions et les changements "
                + "sont servis malgré cela.")
    }
}
