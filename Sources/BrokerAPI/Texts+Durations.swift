import BrokerText

/// What is wrong with a duration that somebody typed.
extension Text {
    static let durationMissing = Text(
        "a duration is missing: write it as 90s, 30m, 4h, 1d or 1h30m",
        "il manque une durée : écrivez 90s, 30m, 4h, 1d ou 1h30m")

    static func noDuration(_ text: String) -> Text {
        Text(
            "\(text) is no duration: write it as 90s, 30m, 4h, 1d or 1h30m",
            "\(text) n'est pas une durée : écrivez 90s, 30m, 4h, 1d ou 1h30m")
    }

    static func durationUnit(_ text: String) -> Text {
        Text(
            "\(text) lacks a unit: write it as 90s, 30m, 4h, 1d or 1h30m",
            "\(text) n'a pas d'unité : écrivez 90s, 30m, 4h, 1d ou 1h30m")
    }

    static func durationTooLong(_ text: String) -> Text {
        Text("\(text) is too long a duration", "\(text) est une durée trop longue")
    }
}
