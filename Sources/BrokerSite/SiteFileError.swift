package import BrokerText

/// A place in a text: lines and columns count from 1, columns in Unicode scalars.
package struct SourcePosition: Hashable, Comparable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The start of a text.
    static let start = SourcePosition(line: 1, column: 1)

    package static func < (a: Self, b: Self) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// A site file or a daemon configuration that was refused: nothing of it was taken over.
///
/// The first mistake in the file stands in the error itself, the others in `further`.
package struct SiteFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One mistake, in words that say what to do about it.
    package struct Mistake: Error, Equatable, Sendable {
        package var position: SourcePosition
        package var text: Text

        package init(_ position: SourcePosition, _ text: Text) {
            self.position = position
            self.text = text
        }

        /// In English.
        package var message: String { text.english }
    }

    /// More than this nobody reads in one go, and a wrong file could bring a hundred thousand.
    package static let mistakesMax = 100

    /// The file's name as the caller gave it; nil for a text that came over the API.
    package var file: String?
    package let line: Int
    package let column: Int
    package let text: Text
    /// The other mistakes in the order of the file, `mistakesMax` in all at most.
    package let further: [Mistake]

    /// Of the mistakes, of which there is at least one, in any order.
    init(file: String?, _ mistakes: [Mistake]) {
        // Stable, so that two mistakes at one place stay in the order in which they were found.
        let sorted = mistakes.enumerated().sorted {
            ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
        }.map(\.element)
        self.file = file
        self.line = sorted[0].position.line
        self.column = sorted[0].position.column
        self.text = sorted[0].text
        self.further = Array(sorted.dropFirst().prefix(Self.mistakesMax - 1))
    }

    /// A line `file:line:column: message` for each mistake, without the file where it has no name.
    package var description: String { description(in: .english) }

    /// In English.
    package var message: String { text.english }

    /// The same in another language.
    package func description(in language: Language) -> String {
        let first = Mistake(SourcePosition(line: line, column: column), text)
        return ([first] + further).map { mistake in
            let place =
                "\(mistake.position.line):\(mistake.position.column): \(mistake.text[language])"
            return file.map { "\($0):\(place)" } ?? place
        }.joined(separator: "\n")
    }
}

typealias Mistake = SiteFileError.Mistake
