import BrokerText

/// What the broker's refusals say to people.
extension Text {
    static func noLongerEntitled(group: String, pool: String) -> Text {
        Text(
            "Group \(group) may no longer use pool \(pool), or you are no longer in it: the lease "
                + "runs out and cannot be renewed.",
            "Le groupe \(group) n'a plus accès au parc \(pool), ou vous n'en faites plus partie : "
                + "l'attribution court jusqu'à son terme et ne peut être prolongée.")
    }

    static let noSuchLease = Text(
        "There is no such lease, or it ended too long ago to be known.",
        "Cette attribution n'existe pas, ou elle a pris fin il y a trop longtemps.")

    static let notYours = Text(
        "The lease is another's.", "Cette attribution est à quelqu'un d'autre.")

    static func revisionMismatch(expected: UInt64, actual: UInt64) -> Text {
        Text(
            "It is at revision \(actual), not \(expected): somebody has changed it meanwhile. Look "
                + "again before you change it.",
            "La révision est \(actual), et non \(expected) : quelqu'un a fait un changement entre-"
                + "temps. Regardez de nouveau avant de modifier.")
    }

    static func seatLimit(limit: Int, total: Int) -> Text {
        Text(
            "That would make \(total) seats, and the limit is \(limit) (seat_limit in the daemon's "
                + "configuration). Retiring seats count until they are gone.",
            "Cela ferait \(total) postes, et le plafond est de \(limit) (seat_limit dans la "
                + "configuration du service). Les postes en cours de retrait comptent jusqu'à leur "
                + "départ.")
    }

    static let keyReused = Text(
        "This Idempotency-Key was used for another request. Use a new key.",
        "Cette Idempotency-Key a servi à une autre requête. Prenez-en une nouvelle.")

    static func poolExists(_ pool: String) -> Text {
        Text("There is a pool \(pool) already.", "Il y a déjà un parc \(pool).")
    }

    static func poolInUse(_ pool: String, leases: Int) -> Text {
        Text(
            "Pool \(pool) has \(leases) live leases. Drain it first.",
            "Le parc \(pool) a \(leases) attributions en cours. Videz-le d'abord.")
    }

    static func seatNameTaken(_ seat: String, pool: String) -> Text {
        Text(
            "There is a seat \(seat) in pool \(pool), and names are unique over all pools. If its "
                + "lease is what keeps it there, wait for its end.",
            "Il y a un poste \(seat) dans le parc \(pool), et les noms sont uniques dans tous les "
                + "parcs. Si c'est son attribution qui l'y retient, attendez qu'elle prenne fin.")
    }

    static func belowListed(_ pool: String, listed: Int) -> Text {
        Text(
            "Pool \(pool) lists \(listed) seats by name; it cannot be smaller. Take them out of the "
                + "site first.",
            "Le parc \(pool) énumère \(listed) postes par leur nom ; il ne peut être plus petit. "
                + "Retirez-les d'abord du site.")
    }

    static let placeTaken = Text(
        "Another request of the same person for the same pool has taken this one's place in the "
            + "line.",
        "Une autre demande de la même personne pour le même parc a pris la place de celle-ci dans "
            + "la file d'attente.")

    static let noWindow = Text(
        "No group that may use the pool has a window whose end is known. Name an instant instead.",
        "Aucun groupe ayant accès au parc n'a de plage dont la fin soit connue. Indiquez plutôt un "
            + "instant.")

    /// - Parameter shortfall: When, and how many, without a period at its end.
    static func reservesCollide(groups: String, shortfall: Text) -> Text {
        Text(
            "Groups \(groups) reserve more than there is. \(shortfall.english).",
            "Les groupes \(groups) réservent plus qu'il n'y a. \(shortfall.french).")
    }

    // MARK: Ended leases

    static let leaseEnded = Text("The lease has ended.", "L'attribution a pris fin.")

    /// - Parameter words: Why, and what the one who ended it said, in parentheses.
    static func leaseEnded(at instant: String, _ words: Text) -> Text {
        Text(
            "The lease ended at \(instant): \(words.english). Request a new one.",
            "L'attribution a pris fin à \(instant) : \(words.french). Faites une nouvelle demande.")
    }

    static let wasReleased = Text("it was released", "elle a été rendue")
    static let wasExpired = Text("its time was over", "sa durée était écoulée")
    static let wasRevoked = Text("it was revoked", "elle a été retirée")
    static let wasWindowClosed = Text("its half-day was over", "sa demi-journée était terminée")
    static let wasDrained = Text("its seat was drained", "son poste a été vidé")
    static let wasSeatFailed = Text("its seat failed", "son poste est en panne")
}

/// One failed rule of a grant, for a person at a login.
extension Text {
    static func groupMayNotUse(_ group: String, pool: String) -> Text {
        Text(
            "Group \(group) may not use \(pool).",
            "Le groupe \(group) n'a pas accès au parc \(pool).")
    }

    static func noGroupMayUse(pool: String) -> Text {
        Text(
            "None of your groups may use \(pool).",
            "Aucun de vos groupes n'a accès au parc \(pool).")
    }

    static let noGroupMayUseAny = Text(
        "None of your groups may use any pool.", "Aucun de vos groupes n'a accès à un parc.")

    static func noWindowKnown(group: String) -> Text {
        Text(
            "Group \(group) may not enter now, and no window to come is known.",
            "Le groupe \(group) ne peut pas entrer maintenant, et aucune plage à venir n'est connue."
        )
    }

    static func opensAgain(group: String, _ instant: Text) -> Text {
        Text(
            "Group \(group) may enter again on \(instant.english).",
            "Le groupe \(group) pourra de nouveau entrer le \(instant.french).")
    }

    static func poolClosed(_ pool: String) -> Text {
        Text(
            "Pool \(pool) is closed and takes no new leases.",
            "Le parc \(pool) est fermé et n'accepte pas de nouvelles attributions.")
    }

    static func poolClosed(_ pool: String, reason: String) -> Text {
        Text(
            "Pool \(pool) is closed and takes no new leases: \(reason)",
            "Le parc \(pool) est fermé et n'accepte pas de nouvelles attributions : \(reason)")
    }

    static func poolDraining(_ pool: String) -> Text {
        Text(
            "Pool \(pool) is being emptied and takes no new leases.",
            "Le parc \(pool) est en cours de vidage et n'accepte pas de nouvelles attributions.")
    }

    static func poolDraining(_ pool: String, reason: String) -> Text {
        Text(
            "Pool \(pool) is being emptied and takes no new leases: \(reason)",
            "Le parc \(pool) est en cours de vidage et n'accepte pas de nouvelles attributions : "
                + "\(reason)")
    }

    static func quotaExceeded(group: String, used: Int, limit: Int) -> Text {
        Text(
            "Group \(group) uses \(used) of its \(limit) seats.",
            "Le groupe \(group) occupe \(used) de ses \(limit) postes.")
    }

    static func noFreeSeat(pool: String) -> Text {
        Text(
            "Pool \(pool) has no free seat.", "Le parc \(pool) n'a pas de poste libre.")
    }

    static func seatsReserved(pool: String, group: String, available: Int, reserved: Int) -> Text {
        Text(
            "Pool \(pool) has no seat for group \(group): \(available) are free, and \(reserved) are "
                + "reserved for others.",
            "Le parc \(pool) n'a pas de poste pour le groupe \(group) : \(available) sont libres, et "
                + "\(reserved) sont réservés à d'autres.")
    }

    static func lineFull(waiting: Int) -> Text {
        Text(
            "There is no seat, and \(waiting) requests wait already, as many as may.",
            "Il n'y a pas de poste, et \(waiting) demandes attendent déjà, autant qu'il est permis."
        )
    }

    static func lineFull(waiting: Int, group: String) -> Text {
        Text(
            "There is no seat, and \(waiting) requests of group \(group) wait already, as many as "
                + "may.",
            "Il n'y a pas de poste, et \(waiting) demandes du groupe \(group) attendent déjà, autant "
                + "qu'il est permis.")
    }

    static let waitExpired = Text(
        "No seat came in the time that the request would wait.",
        "Aucun poste ne s'est libéré pendant le temps d'attente demandé.")
}

/// Seats that will be missing, and when.
extension Text {
    static func shortfallQuotas(when: Text, quotas: Text, seats: Text) -> Text {
        Text(
            "\(when.english): quotas \(quotas.english), seats \(seats.english)",
            "\(when.french) : quotas \(quotas.french), postes \(seats.french)")
    }

    static func shortfallReserves(when: Text, reserves: Text, seats: Text) -> Text {
        Text(
            "\(when.english): reserves \(reserves.english), seats \(seats.english)",
            "\(when.french) : réserves \(reserves.french), postes \(seats.french)")
    }

    static func shortfallPool(_ pool: String) -> Text {
        Text(" in pool \(pool)", " dans le parc \(pool)")
    }

    static func shortfallRepeats(_ count: Text) -> Text {
        Text(", and \(count.english) more like it", ", et \(count.french) autres semblables")
    }

    // MARK: Instants

    static func fromOn(_ instant: Text) -> Text {
        Text("from \(instant.english) on", "à partir du \(instant.french)")
    }

    static func until(_ instant: Text) -> Text {
        Text("until \(instant.english)", "jusqu'au \(instant.french)")
    }

    static let atAnyTime = Text("at any time", "à tout moment")

    /// Short names of the days, Monday first.
    static let weekdays = [
        Text("Mon", "lun."), Text("Tue", "mar."), Text("Wed", "mer."), Text("Thu", "jeu."),
        Text("Fri", "ven."), Text("Sat", "sam."), Text("Sun", "dim."),
    ]

    /// A number with its thousands set apart.
    static func grouped(_ number: Int) -> Text {
        let digits = Array("\(number)")
        func text(_ separator: String) -> String {
            digits.indices.reduce(into: "") { text, index in
                if index > 0, (digits.count - index) % 3 == 0 { text += separator }
                text.append(digits[index])
            }
        }
        return Text(text(","), text("\u{A0}"))
    }
}
