import BrokerText

/// What `GET /v1/events` says to a request that it does not serve.
extension Text {
    static let eventTypes = Text(
        "The query parameter type is an event's type, as lease.ended, or a family of them, as lease, "
            + "or several with commas between.",
        "Le paramètre type est un type d'événement, comme lease.ended, ou une famille, comme lease, "
            + "ou plusieurs séparés par des virgules.")
    static let lastEventID = Text(
        "Last-Event-ID is a whole number from 0 to 9007199254740991, as the stream has told it.",
        "Last-Event-ID est un nombre entier de 0 à 9007199254740991, tel que le flux l'a donné.")
    static let tooManyReaders = Text(
        "As many as the broker serves follow the events already.",
        "Le flux d'événements a déjà autant de lecteurs que le service en admet.")

    static func eventsGone(_ revision: UInt64, oldest: UInt64) -> Text {
        Text(
            "The events after revision \(revision) are gone: the journal goes back to revision "
                + "\(oldest). Read the present state, and go on from there.",
            "Les événements après la révision \(revision) n'existent plus : le journal remonte à la "
                + "révision \(oldest). Lisez l'état présent, puis reprenez de là.")
    }

    static func eventsToCome(_ revision: UInt64, present: UInt64) -> Text {
        Text(
            "Revision \(revision) is none of this state, which is at revision \(present): it was "
                + "taken back from a backup. Read the present state, and go on from there.",
            "La révision \(revision) n'est pas de cet état, qui en est à la révision \(present) : il "
                + "vient d'une sauvegarde. Lisez l'état présent, puis reprenez de là.")
    }
}
