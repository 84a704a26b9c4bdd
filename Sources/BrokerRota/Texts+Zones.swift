import BrokerText

/// What is wrong with a time zone, and what to do about it.
extension Text {
    static func zoneName(_ name: String) -> Text {
        Text(
            "\(name) is no name of a time zone: write it as \"Europe/Paris\"",
            "\(name) n'est pas un nom de fuseau horaire : écrivez-le comme \"Europe/Paris\"")
    }

    static func zoneUnknown(_ name: String) -> Text {
        Text(
            "there is no time zone \(name): timedatectl list-timezones shows all",
            "il n'y a pas de fuseau horaire \(name) : timedatectl list-timezones les montre tous")
    }

    static func zonesMissing(_ path: String) -> Text {
        Text(
            "there are no time zones at \(path): install the package tzdata",
            "il n'y a pas de fuseaux horaires dans \(path) : installez le paquet tzdata")
    }

    static func zoneUnreadable(_ name: String, _ why: String) -> Text {
        Text(
            "time zone \(name) cannot be read: \(why)",
            "le fuseau horaire \(name) est illisible : \(why)")
    }

    static func zoneTooLarge(_ name: String, _ most: Int) -> Text {
        Text(
            "the file of time zone \(name) has more than \(most) bytes: install the package tzdata "
                + "again",
            "le fichier du fuseau horaire \(name) a plus de \(most) octets : réinstallez le paquet "
                + "tzdata")
    }

    static func zoneNoFile(_ name: String) -> Text {
        Text(
            "\(name) is a file beside the time zones, and none of them",
            "\(name) est un fichier à côté des fuseaux horaires, et n'en est pas un")
    }

    static func zoneLeapSeconds(_ name: String) -> Text {
        Text(
            "time zone \(name) counts leap seconds, unlike the system's clock: name it without "
                + "\"right/\"",
            "le fuseau horaire \(name) compte les secondes intercalaires, à la différence de "
                + "l'horloge du système : nommez-le sans \"right/\"")
    }

    static func zoneDamaged(_ name: String, _ why: String) -> Text {
        Text(
            "the file of time zone \(name) is damaged (\(why)): install the package tzdata again",
            "le fichier du fuseau horaire \(name) est endommagé (\(why)) : réinstallez le paquet "
                + "tzdata")
    }
}
