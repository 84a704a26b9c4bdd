/// The command line parser's own words, which it has in English alone, as it prints them around
/// ours: headings, defaults, what is wrong with a command line.
///
/// Only what stands where the parser puts it is replaced; what is not known stays English.
package enum ParserWords {
    /// What the parser prints, in another language; anything but help and complaints of a command
    /// line comes back as it is.
    package static func written(_ text: String, in language: Language) -> String {
        guard language != .standard, Text.parserOpenings.contains(where: { text.hasPrefix($0) })
        else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { written(line: String($0), in: language) }.joined(separator: "\n")
    }

    private static func written(line: String, in language: Language) -> String {
        let isError = line.hasPrefix("Error: ")
        var line = line
        for phrase in isError ? Text.parserComplaints : Text.parserOptions {
            line = line.replacing(phrase.english, with: phrase[language])
        }
        for start in Text.parserStarts where line.hasPrefix(start.english) {
            line = start[language] + line.dropFirst(start.english.count)
            break
        }
        return line
    }
}
