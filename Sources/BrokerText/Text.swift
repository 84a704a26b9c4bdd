/// Words for people, in every language that the programs speak.
///
/// Each domain keeps its texts in a catalogue of its own, an extension in a file `Texts+….swift`:
/// one static member a text, its languages side by side, so that none can be forgotten.
/// `Tests/manuals/check` compares what the languages fill in.
package struct Text: Hashable, Sendable {
    package let english: String
    package let french: String

    package init(_ english: String, _ french: String) {
        self.english = english
        self.french = french
    }

    /// What is nobody's to translate: a name, an operator's words, the text of another program.
    package init(verbatim text: String) { self.init(text, text) }

    /// The words in one of the languages.
    package subscript(language: Language) -> String {
        switch language {
        case .english: english
        case .french: french
        }
    }

    /// One text behind the other.
    package static func + (a: Text, b: Text) -> Text {
        Text(a.english + b.english, a.french + b.french)
    }
}

extension Sequence where Element == Text {
    /// All of them, one behind the other.
    package func joined(separator: String) -> Text {
        Text(
            map(\.english).joined(separator: separator),
            map(\.french).joined(separator: separator))
    }
}
