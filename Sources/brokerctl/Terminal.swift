import BrokerText
import Glibc

/// The three standard streams, and who sits at them.
enum Terminal {
    static let isOutput = isatty(STDOUT_FILENO) == 1
    static let isError = isatty(STDERR_FILENO) == 1
    /// Whether there is a person to ask: the question goes to stderr, the answer comes from stdin.
    static var canAsk: Bool { isError && isatty(STDIN_FILENO) == 1 }

    /// Colour only where a person looks, and does not object (https://no-color.org).
    static let hasColour =
        isOutput && (environment("NO_COLOR") ?? "").isEmpty
        && environment("TERM") != "dumb"

    /// Columns to fit into; nil where nobody looks, and nothing needs to be cut.
    static var columns: Int? {
        if let text = environment("COLUMNS"), let columns = Int(text), columns > 0 {
            return columns
        }
        guard isOutput else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Whether stderr is a terminal on which a line can be drawn again.
    static var canRewriteErrorLine: Bool { isError && environment("TERM") != "dumb" }

    /// Draws a line on stderr over the one that was drawn there before; an empty one takes it away.
    ///
    /// It is cut to the terminal's width, as a line that wraps could not be drawn over.
    static func rewriteErrorLine(_ text: String) {
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1
        let shown = TerminalText.truncated(
            TerminalText.escaped(text), to: isKnown ? Int(size.ws_col) - 1 : 79)
        write(Array("\r\(shown)\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// A message to the person: never data, never on stdout.
    static func message(_ text: Text) { hint(Text(verbatim: "brokerctl: ") + text) }

    /// A line that goes on with the message before.
    static func hint(_ text: Text) {
        write(Array((TerminalText.escaped(text.here) + "\n").utf8), to: STDERR_FILENO)
    }

    /// What the parser of the command line has to say, as it says it.
    static func error(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

    /// Data, exactly as given.
    static func output(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    static func output(_ text: String) { output(Array(text.utf8)) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                // Whoever read us has gone (`| head`), or the disk is full: half an output must not
                // pass for a whole one.
                if descriptor == STDOUT_FILENO { exit(1) }
                return
            }
        }
    }

    /// Throws unless there is a person to ask.
    static func requirePerson() throws(CommandError) {
        guard canAsk else {
            throw .usage(.displaces)
        }
    }

    /// Asks for a yes. Without a person at the terminal it never asks, and throws.
    static func confirm(_ question: Text) throws(CommandError) {
        try requirePerson()
        let prompt = "\(TerminalText.escaped(question.here)) \(Text.confirmYes.here) "
        write(Array(prompt.utf8), to: STDERR_FILENO)
        let answer = readLine()?.lowercased() ?? ""
        guard yes(in: .here).contains(answer) else { throw .declined }
    }
}

extension Terminal {
    /// What says yes; in French in English too, since fingers remember.
    private static func yes(in language: Language) -> [String] {
        switch language {
        case .english: ["y", "yes"]
        case .french: ["o", "oui", "y", "yes"]
        }
    }
}

/// Colours, by what they mean.
enum Colour: String {
    case good = "\u{1B}[32m"
    case warning = "\u{1B}[33m"
    case bad = "\u{1B}[31m"
    case faint = "\u{1B}[2m"
    case strong = "\u{1B}[1m"

    static let reset = "\u{1B}[0m"

    func applied(to text: String) -> String {
        Terminal.hasColour ? "\(rawValue)\(text)\(Self.reset)" : text
    }
}
