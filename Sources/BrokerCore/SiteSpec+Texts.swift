import BrokerText

// The rules for single texts of a site: each answers with what to do, or nil when all is well.

/// Names of pools, groups and seats: they stand in paths, in tables and on the command line, so
/// they need no quoting anywhere.
func nameProblem(_ name: String) -> Text? {
    let letters = { (byte: UInt8) -> Bool in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
    let marks = Array("._-".utf8)
    guard let first = name.utf8.first, letters(first),
        name.utf8.allSatisfy({ letters($0) || marks.contains($0) })
    else {
        return .nameForm
    }
    guard name.utf8.count <= SiteLimits.nameBytesMax else {
        return .nameLength(SiteLimits.nameBytesMax)
    }
    return nil
}

func patternProblem(_ pattern: String) -> Text {
    .patternForm(pattern.quotedVisibly(), SeatPattern.widthMax)
}

func hostProblem(_ host: String) -> Text? {
    guard !host.isEmpty else { return .hostEmpty }
    guard host.utf8.count <= SiteLimits.hostBytesMax else {
        return .hostLength(SiteLimits.hostBytesMax)
    }
    guard
        host.unicodeScalars.allSatisfy({ !$0.isInvisible && !$0.properties.isWhitespace })
    else {
        return .hostForm
    }
    return nil
}

/// An absolute address of any scheme, in printable ASCII.
func urlProblem(_ url: String) -> Text? {
    guard url.utf8.count <= SiteLimits.urlBytesMax else {
        return .urlLength(SiteLimits.urlBytesMax)
    }
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        return .urlForm
    }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let others = Array("0123456789+.-".utf8)
    let scheme = url.utf8.prefix { $0 != UInt8(ascii: ":") }
    guard let first = scheme.first, letters.contains(first),
        scheme.allSatisfy({ letters.contains($0) || others.contains($0) }),
        url.utf8.count > scheme.count + 1
    else {
        return .urlScheme
    }
    return nil
}

func memberProblem(_ member: Member) -> Text? {
    switch member {
    case .user(let name):
        if name.value.hasPrefix("@") {
            return .noUserName(name.value.quotedVisibly())
        }
        return memberProblem(name.value)
    case .unixGroup(let name):
        return memberProblem(name.value)
    }
}

/// Names of people and unix groups come from the name service, which knows few rules.
func memberProblem(_ name: String) -> Text? {
    guard !name.isEmpty else { return .memberMissing }
    guard name.utf8.count <= SiteLimits.memberBytesMax else {
        return .memberLength(SiteLimits.memberBytesMax)
    }
    guard !name.unicodeScalars.contains(where: \.isInvisible) else {
        return .memberForm
    }
    return nil
}

extension Comparable {
    func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
