/// A language in which the programs speak to people.
///
/// What programs read stays the same in every language: keys, slugs, codes, names of fields, logs.
package enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case french = "fr"

    /// What is spoken to whom says nothing, or asks for a language that nobody wrote.
    package static let standard = Language.english

    // MARK: Locales

    /// The language of messages by the environment: the first of `LC_ALL`, `LC_MESSAGES` and `LANG`
    /// that is set and not empty counts (POSIX, 8.2).
    ///
    /// A locale whose codeset is named and is not UTF-8 gets English, whose letters stand in all.
    package init(environment: (String) -> String?) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(environment)
            .first { !$0.isEmpty }
        self = locale.map(Self.init(locale:)) ?? .standard
    }

    /// `language[_territory][.codeset][@modifier]`.
    private init(locale: String) {
        let name = locale.prefix { $0 != "@" }
        let parts = name.split(separator: ".", maxSplits: 1)
        let codeset = parts.count == 2 ? parts[1].lowercased() : "utf-8"
        let language = (parts.first ?? "").prefix { $0 != "_" }.lowercased()
        guard codeset == "utf-8" || codeset == "utf8" else {
            self = .standard
            return
        }
        self = Language(rawValue: language) ?? .standard
    }

    // MARK: Accept-Language

    /// The one that a client likes best, by the values of its fields `Accept-Language` (RFC 9110,
    /// 12.5.4). Among equals the one that is named first.
    ///
    /// A range such as `fr-CA` means its language, as none is written for one country alone (RFC
    /// 4647, 3.4). `*` stands for the languages that are not named; what is refused with `q=0` is
    /// spoken only to whom refuses all.
    package init(acceptLanguage values: [String]) {
        var named: [(language: Language, quality: Int)] = []
        var other: (position: Int, quality: Int)?
        for value in values {
            for item in value.split(separator: ",") {
                guard let (range, quality) = Self.range(item) else { continue }
                if range == "*" {
                    other = (named.count, max(quality, other?.quality ?? 0))
                    continue
                }
                let primary = range.prefix { $0 != "-" }
                guard let language = Language(rawValue: String(primary)) else { continue }
                if let index = named.firstIndex(where: { $0.language == language }) {
                    named[index].quality = max(named[index].quality, quality)
                } else {
                    named.append((language, quality))
                }
            }
        }
        if let other {
            let rest = Self.allCases.filter { language in
                !named.contains { $0.language == language }
            }
            named.insert(contentsOf: rest.map { ($0, other.quality) }, at: other.position)
        }
        let best = named.map(\.quality).max() ?? 0
        self = best > 0 ? named.first { $0.quality == best }!.language : .standard
    }

    /// One range in lower case, and its weight in thousandths; nil for what is malformed.
    private static func range(_ item: Substring) -> (range: String, quality: Int)? {
        let parts = item.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
        guard !parts[0].isEmpty, parts.count <= 2 else { return nil }
        let name = parts[0].lowercased()
        guard parts.count == 2 else { return (name, 1_000) }
        let weight = parts[1].split(separator: "=", omittingEmptySubsequences: false).map(trimmed)
        guard weight.count == 2, weight[0] == "q" || weight[0] == "Q" else { return nil }
        return thousandths(weight[1]).map { (name, $0) }
    }

    /// `0`, `0.8`, `1.000`: at most three digits behind the point, and at most one.
    private static func thousandths(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0] == "0" || parts[0] == "1" else { return nil }
        let digits = parts.count == 2 ? parts[1] : ""
        guard digits.utf8.count <= 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let fraction = Int(digits + String(repeating: "0", count: 3 - digits.utf8.count))
        else { return nil }
        let quality = (parts[0] == "1" ? 1_000 : 0) + fraction
        return quality <= 1_000 ? quality : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
