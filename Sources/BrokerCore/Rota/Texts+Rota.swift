import BrokerText

/// What is wrong with a rota, and what to do about it. What a user wrote comes in quotes already.
extension Text {
    static func anchorNotMonday(_ date: String, _ weekday: Text, monday: String) -> Text {
        Text(
            "\(date) is a \(weekday.english): the cycle begins on a Monday, such as \(monday)",
            "\(date) est un \(weekday.french) : le cycle commence un lundi, comme \(monday)")
    }

    static func cycleWeeks(_ most: Int) -> Text {
        Text("a cycle has 1 to \(most) weeks", "un cycle a de 1 à \(most) semaines")
    }

    static func graceSeconds(_ most: Int) -> Text {
        Text("a grace is 0 to \(most) seconds", "un délai de grâce va de 0 à \(most) secondes")
    }

    static func noticeSeconds(_ most: Int) -> Text {
        Text(
            "a notice is given 1 to \(most) seconds before the end",
            "un avertissement est donné de 1 à \(most) secondes avant la fin")
    }

    static func repeatedNotice(_ seconds: Int) -> Text {
        Text(
            "a notice \(seconds) seconds before the end is there already: once will do",
            "il y a déjà un avertissement \(seconds) secondes avant la fin : un suffit")
    }

    static func tooManyNotices(_ most: Int) -> Text {
        Text("there are at most \(most) notices", "il y a au plus \(most) avertissements")
    }

    static func tooManySlots(_ most: Int) -> Text {
        Text("a day has at most \(most) slots", "un jour a au plus \(most) créneaux")
    }

    static func slotName(_ name: String, _ most: Int) -> Text {
        Text(
            "\(name) is no name of a slot: use 1 to \(most) letters a to z, digits, \"_\" and \"-\"",
            "\(name) n'est pas un nom de créneau : utilisez de 1 à \(most) lettres de a à z, "
                + "chiffres, \"_\" et \"-\"")
    }

    static func repeatedSlot(_ name: String) -> Text {
        Text(
            "slot \(name) is there already: give this one another name",
            "il y a déjà un créneau \(name) : donnez un autre nom à celui-ci")
    }

    static func slotHours(_ text: String) -> Text {
        Text(
            "\(text) are no hours: write \"HH:MM-HH:MM\", such as \"08:00-13:00\"",
            "\(text) ne sont pas des heures : écrivez \"HH:MM-HH:MM\", comme \"08:00-13:00\"")
    }

    static func slotLength(_ text: String) -> Text {
        Text(
            "\(text) ends when it starts: write \"00:00-24:00\" for a whole day, or two slots that "
                + "meet",
            "\(text) finit quand il commence : écrivez \"00:00-24:00\" pour un jour entier, ou deux "
                + "créneaux qui se touchent")
    }

    static func tooManyExceptions(_ most: Int) -> Text {
        Text(
            "there are at most \(most) exceptions: remove those that are over",
            "il y a au plus \(most) exceptions : retirez celles qui sont passées")
    }

    static func repeatedDate(_ date: String) -> Text {
        Text(
            "\(date) has an exception already: put them into one",
            "\(date) a déjà une exception : réunissez-les")
    }

    static func repeatedAssignment(_ slot: String) -> Text {
        Text(
            "slot \(slot) is there already: put its groups into one list",
            "le créneau \(slot) est déjà là : réunissez ses groupes dans une liste")
    }

    static func unknownSlot(_ slot: String) -> Text {
        Text(
            "there is no slot \(slot): add it to [rota.slots], or name another",
            "il n'y a pas de créneau \(slot) : ajoutez-le à [rota.slots], ou nommez-en un autre")
    }

    static func unknownGroup(_ group: String) -> Text {
        Text(
            "there is no group \(group): add it, or name another",
            "il n'y a pas de groupe \(group) : ajoutez-le, ou nommez-en un autre")
    }

    static func weeklySlot(_ text: String, example: String) -> Text {
        Text(
            "\(text) is no slot of a week: write a day, mon to sun, and a slot, such as \(example)",
            "\(text) n'est pas un créneau d'une semaine : écrivez un jour, de mon à sun, et un "
                + "créneau, comme \(example)")
    }

    static func weekMissing(_ text: String, first: String, last: String) -> Text {
        Text(
            "\(text) names no week of the cycle: write \(first) to \(last)",
            "\(text) ne nomme pas de semaine du cycle : écrivez de \(first) à \(last)")
    }

    static func weekBeyondCycle(_ text: String, _ weeks: Int) -> Text {
        Text(
            "\(text) is no week of the cycle, which has \(weeks)",
            "\(text) n'est pas une semaine du cycle, qui en a \(weeks)")
    }

    static func groupHasSlot(_ group: String, _ slot: String) -> Text {
        Text(
            "group \(group) has \(slot) already: once will do",
            "le groupe \(group) a déjà \(slot) : une fois suffit")
    }

    static func groupTwice(_ group: String, _ one: String, _ other: String) -> Text {
        Text(
            "group \(group) has \(one) at the same time as \(other): keep one of them",
            "le groupe \(group) a \(one) en même temps que \(other) : gardez l'un des deux")
    }

    static let rotaMissing = Text(
        "these slots need a [rota] that says when they are",
        "ces créneaux demandent un [rota] qui dise quand ils sont")
}
