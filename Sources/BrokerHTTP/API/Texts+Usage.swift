import BrokerText

/// What the call for usage says to a request that it does not serve.
extension Text {
    static let usageBy = Text(
        "The query parameter by is group, pool, and one of hour, day and month, with commas between; "
            + "each once.",
        "Le paramètre by est group, pool, et l'un de hour, day et month, séparés par des virgules ; "
            + "chacun une fois.")
    static let usageTooLong = Text(
        "That would be too many rows: ask for a shorter time, or for fewer things at once.",
        "Cela ferait trop de lignes : demandez une durée plus courte, ou moins de choses à la fois."
    )
}
