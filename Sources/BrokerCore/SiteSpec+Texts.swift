// The rules for single texts of a site: each answers with what to do, or nil when all is well.

/// Names of pools, groups and seats: they stand in paths, in tables and on the command line, so
/// they need no quoting anywhere.
func nameProblem(_ name: String) -> String? {
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
        return "a name consists of letters a to z, digits, \".\", \"_\" and \"-\", and begins "
            + "with a letter or a digit"
    }
    guard name.utf8.count <= SiteLimits.nameBytesMax else {
        return "a name has at most \(SiteLimits.nameBytesMax) characters: shorten it"
    }
    return nil
}

func patternProblem(_ pattern: String) -> String {
    "\(pattern.quotedVisibly()) has to contain %d or %0Nd (N from 1 to "
        + "\(SeatPattern.widthMax)) once, where the index goes, and no other \"%\""
}

func hostProblem(_ host: String) -> String? {
    guard !host.isEmpty else { return "a host is not empty: leave it out for the seat's name" }
    guard host.utf8.count <= SiteLimits.hostBytesMax else {
        return "a host has at most \(SiteLimits.hostBytesMax) bytes: shorten it"
    }
    guard
        host.unicodeScalars.allSatisfy({ !$0.isInvisible && !$0.properties.isWhitespace })
    else {
        return "a host has no spaces and no control characters: remove them"
    }
    return nil
}

/// An absolute address of any scheme, in printable ASCII.
func urlProblem(_ url: String) -> String? {
    guard url.utf8.count <= SiteLimits.urlBytesMax else {
        return "an address has at most \(SiteLimits.urlBytesMax) bytes: shorten it"
    }
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        return "an address has only printable ASCII characters and no spaces: escape the others "
            + "with %"
    }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let others = Array("0123456789+.-".utf8)
    let scheme = url.utf8.prefix { $0 != UInt8(ascii: ":") }
    guard let first = scheme.first, letters.contains(first),
        scheme.allSatisfy({ letters.contains($0) || others.contains($0) }),
        url.utf8.count > scheme.count + 1
    else {
        return "an address begins with a scheme in lower case, such as https://"
    }
    return nil
}

func memberProblem(_ member: Member) -> String? {
    switch member {
    case .user(let name):
        if name.value.hasPrefix("@") {
            return "\(name.value.quotedVisibly()) is no user name: \"@\" begins a unix group"
        }
        return memberProblem(name.value)
    case .unixGroup(let name):
        return memberProblem(name.value)
    }
}

/// Names of people and unix groups come from the name service, which knows few rules.
func memberProblem(_ name: String) -> String? {
    guard !name.isEmpty else { return "a name is missing: give a user, or \"@\" and a unix group" }
    guard name.utf8.count <= SiteLimits.memberBytesMax else {
        return "a name of a user or unix group has at most \(SiteLimits.memberBytesMax) bytes"
    }
    guard !name.unicodeScalars.contains(where: \.isInvisible) else {
        return "a name of a user or unix group has no control characters: remove them"
    }
    return nil
}

extension Comparable {
    func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
