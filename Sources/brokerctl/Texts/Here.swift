import BrokerText

extension Language {
    /// Of the person at the terminal, as the environment says.
    static let here = Language(environment: Terminal.environment)
}

extension Text {
    /// In the language of the person at the terminal.
    var here: String { self[.here] }
}
