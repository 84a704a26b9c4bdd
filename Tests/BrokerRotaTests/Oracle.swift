import BrokerCore
import BrokerRota
import Glibc
import Testing

/// Runs the oracle, which decides minute by minute with Python's zoneinfo what a rota means, and
/// reads its lines. After the end it is not to be asked again.
struct Oracle {
    private static let script =
        "\(#filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined())/rota/oracle"
    private let pipe: UnsafeMutablePointer<FILE>

    /// Starts it; several may run at once.
    init(_ arguments: String) throws {
        // It is to read the same files.
        let command = "PYTHONTZPATH='\(zones.path)' exec python3 '\(Self.script)' \(arguments)"
        pipe = try #require(popen(command, "r"))
    }

    /// The next line, as words; nil at the end, where the oracle must have ended well.
    func nextLine() -> [Substring]? {
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        guard getline(&line, &capacity, pipe) > 0, let start = line else {
            #expect(pclose(pipe) == 0, "the oracle failed")
            return nil
        }
        return String(cString: start).dropLast().split(separator: " ")
    }

    /// The next rota with its windows; nil at the end.
    func nextCase() throws -> OracleCase? {
        var read = OracleCase()
        while let words = nextLine() {
            if try read.read(words) { return read }
        }
        return nil
    }

    /// A number of the environment, for longer runs.
    static func number(_ variable: String, default value: Int) -> Int {
        getenv(variable).flatMap { Int(String(cString: $0)) } ?? value
    }
}

/// A rota as the oracle writes it, and the windows it says there are.
struct OracleCase {
    var seed = ""
    var spec = RotaSpec(timezone: "", anchor: .earliest)
    var from = UnixTime.earliest
    var to = UnixTime.earliest
    var groups: [RotaGroup] = []
    var windows: [GroupName: [UTCWindow]] = [:]

    /// Takes a line; true when the case is whole.
    mutating func read(_ words: [Substring]) throws -> Bool {
        let texts = words.map(String.init)
        switch texts[0] {
        case "rota":
            seed = texts[1]
            spec = RotaSpec(timezone: texts[2], anchor: date(texts[3]), cycleWeeks: Int(texts[4])!)
            from = UnixTime(seconds: Int(texts[5])!)
            to = UnixTime(seconds: Int(texts[6])!)
        case "slot": spec.slots.append(RotaSlot(name: texts[1], hours: texts[2]))
        case "group":
            groups.append(RotaGroup(name: group(texts[1]), slots: Array(texts.dropFirst(2))))
        case "exception" where texts[2] == "closed": spec.exceptions.append(closed(texts[1]))
        case "exception":
            spec.exceptions.append(
                exception(texts[1], texts.dropFirst(3).joined(separator: " ")))
        case "window":
            let window = UTCWindow(
                start: UnixTime(seconds: Int(texts[2])!), end: UnixTime(seconds: Int(texts[3])!))
            windows[group(texts[1]), default: []].append(try #require(window))
        case "done": return true
        default: Issue.record("the oracle wrote \(texts)")
        }
        return false
    }
}
