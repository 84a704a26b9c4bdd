import BrokerText

/// What a command says when it could not do what it was asked.
extension Text {
    static func answeredWith(status: Int) -> Text {
        Text("The broker answered with HTTP \(status).", "Le service a répondu par HTTP \(status).")
    }
}
