import ArgumentParser
import BrokerText

extension Language {
    /// Of the person at the terminal, as the environment says.
    static let here = Language(environment: Terminal.environment)
}

extension Text {
    /// In the language of the person at the terminal.
    var here: String { self[.here] }
}

extension ValidationError {
    /// A mistake on the command line, to the person at the terminal.
    init(_ text: Text) { self.init(text.here) }
}

extension ArgumentHelp {
    /// Help in the language of the person at the terminal.
    static func text(_ text: Text, valueName: String? = nil) -> ArgumentHelp {
        ArgumentHelp(stringLiteral: text.here).named(valueName)
    }

    private func named(_ valueName: String?) -> ArgumentHelp {
        var help = self
        help.valueName = valueName
        return help
    }
}
