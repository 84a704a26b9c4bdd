package import BrokerText

/// A key of a pool, a listed seat or a group, spelled as the site file and the API spell it.
package enum SiteKey: String, CaseIterable, Sendable {
    case name
    case size
    case seatName = "seat_name"
    case seatHost = "seat_host"
    case seatURL = "seat_url"
    case port
    case seatProtocol = "protocol"
    case leaseTTLSeconds = "lease_ttl_seconds"
    case leaseTTLSecondsMax = "lease_ttl_max_seconds"
    case seats
    case host
    case url
    case agent
    case members
    case pools
    case quota
    case reserve
    case slots
}

/// Where in a site something is wrong: by position, because names may be what is wrong.
package struct SitePlace: Hashable, Sendable {
    /// The pool, listed seat or group, each counted from 0 in the site's order.
    package enum Item: Hashable, Sendable {
        case pool(Int)
        /// A listed seat: the pool's position, then the seat's in that pool's list.
        case seat(pool: Int, Int)
        case group(Int)
        /// Something of the rota that is not a group's.
        case rota(RotaPlace)
    }

    package let item: Item
    /// Nil: the item as a whole.
    package let key: SiteKey?
    /// Which element, from 0, where the key's value is a list; nil: all of it.
    package let element: Int?

    package init(_ item: Item, _ key: SiteKey? = nil, element: Int? = nil) {
        self.item = item
        self.key = key
        self.element = element
    }
}

/// One thing that is wrong with a site, in words that say what to do about it.
///
/// What a user wrote appears in `text` only quoted and escaped, and cut where it is long.
package struct SiteProblem: Error, Equatable, Sendable {
    package let place: SitePlace
    package let text: Text

    package init(_ place: SitePlace, _ text: Text) {
        self.place = place
        self.text = text
    }

    /// In English.
    package var message: String { text.english }

    /// What is wrong with a rota, as a problem of its site.
    package init(_ problem: RotaProblem) {
        let place =
            switch problem.place {
            case .groupSlot(let group, let element):
                SitePlace(.group(group), .slots, element: element)
            case .timezone, .anchor, .cycleWeeks, .graceSeconds, .noticeSeconds, .slots, .slot,
                .exceptions, .exception, .exceptionSlot, .exceptionGroup:
                SitePlace(.rota(problem.place))
            }
        self.init(place, problem.fault.text)
    }
}

extension String {
    /// The text in double quotes, fit for a terminal and a log: whatever could move a cursor or
    /// turn the direction of writing is escaped, and what is longer than `scalarsMax` is cut.
    package func quotedVisibly(scalarsMax: Int = 80) -> String {
        var result = "\""
        for (count, scalar) in unicodeScalars.enumerated() {
            if count == scalarsMax {
                result += "..."
                break
            }
            if scalar == "\"" || scalar == "\\" {
                result += "\\"
                result.unicodeScalars.append(scalar)
            } else if scalar.isInvisible {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    /// Control and format characters, line and paragraph separators: what a reader cannot see.
    var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            true
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
            .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation,
            .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol, .spaceSeparator:
            false
        @unknown default:
            true
        }
    }
}
