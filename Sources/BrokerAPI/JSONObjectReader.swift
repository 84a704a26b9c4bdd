package import BrokerText

/// Takes the fields of one object out, one by one, and knows in the end which were not asked for.
package struct JSONObjectReader {
    private let members: [JSONMember]
    private let place: JSONPlace
    private var asked: [String] = []

    /// Throws when the value is no object.
    package init(_ json: JSONValue, at place: JSONPlace) throws(JSONError) {
        guard case .object(let members) = json else {
            throw place.error(.jsonMustBeObject(not: json.kind))
        }
        self.members = members
        self.place = place
    }

    private mutating func take(_ name: String) -> JSONValue? {
        if place.isStrict { asked.append(name) }
        guard let value = members.first(where: { $0.name == name })?.value else { return nil }
        return value == .null ? nil : value
    }

    /// Whether a field is there, null or not.
    package func has(_ name: String) -> Bool { members.contains { $0.name == name } }

    /// A field that must be there and may not be null.
    package mutating func required<Value: WireValue>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(JSONError) -> Value {
        guard let json = take(name) else { throw place.field(name).error(.jsonMissing) }
        return try Value(json: json, at: place.field(name))
    }

    /// A field that may be absent or null, which mean the same.
    package mutating func optional<Value: WireValue>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(JSONError) -> Value? {
        guard let json = take(name) else { return nil }
        return try Value(json: json, at: place.field(name))
    }

    /// A whole number within bounds, both included; it may be absent or null.
    package mutating func optional(
        _ name: String, in range: ClosedRange<Int>
    ) throws(JSONError) -> Int? {
        guard let value = try optional(name, as: Int.self) else { return nil }
        guard range.contains(value) else {
            throw place.field(name).error(
                range.upperBound == wireIntMax
                    ? .jsonAtLeast(range.lowerBound)
                    : .jsonRange(range.lowerBound, range.upperBound))
        }
        return value
    }

    /// A whole number within bounds that must be there.
    package mutating func required(
        _ name: String, in range: ClosedRange<Int>
    ) throws(JSONError) -> Int {
        guard let value = try optional(name, in: range) else {
            throw place.field(name).error(.jsonMissing)
        }
        return value
    }

    /// Why something is done, in words: journaled, and shown to the people it concerns.
    package mutating func reason(_ name: String) throws(JSONError) -> String {
        guard let text = try optionalReason(name) else {
            throw place.field(name).error(.jsonMissing)
        }
        return text
    }

    /// The same, where it may be left out.
    package mutating func optionalReason(_ name: String) throws(JSONError) -> String? {
        guard let text = try optional(name, as: String.self) else { return nil }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw place.field(name).error(.jsonEmpty)
        }
        guard text.utf8.count <= WireLimits.reasonBytesMax else {
            throw place.field(name).error(.jsonBytes(WireLimits.reasonBytesMax))
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw place.field(name).error(.jsonNoControls)
        }
        return text
    }

    /// Fields that only answers carry: accepted whatever they hold, so that an answer can be edited
    /// and sent back.
    package mutating func ignore(_ names: [String]) {
        if place.isStrict { asked += names }
    }

    /// An error about one field, for rules that span several.
    package func error(_ name: String, _ predicate: Text) -> JSONError {
        place.field(name).error(predicate)
    }

    /// Refuses the first field that nobody asked for, where reading is strict.
    func finish() throws(JSONError) {
        guard place.isStrict else { return }
        for member in members where !asked.contains(member.name) {
            let name = place.field(member.name).path.quotedForMessage
            if let meant = Self.closest(to: member.name, in: asked) {
                throw JSONError(.jsonUnknown(name, meant: meant))
            }
            throw JSONError(
                asked.isEmpty
                    ? .jsonUnknown(name)
                    : .jsonUnknown(name, known: asked.joined(separator: ", ")))
        }
    }

    /// The known name that was probably meant: one that begins with it, or one at most two edits away.
    private static func closest(to name: String, in known: [String]) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        if name.utf8.count >= 3, let longer = known.first(where: { $0.hasPrefix(name) }) {
            return longer
        }
        return known.map { (name: $0, edits: editDistance($0, name)) }
            .filter { $0.edits <= min(2, name.utf8.count / 2) }
            .min { $0.edits < $1.edits }?.name
    }

    /// Levenshtein's distance between two short names.
    private static func editDistance(_ a: String, _ b: String) -> Int {
        let b = Array(b.utf8)
        var row = Array(0...b.count)
        for (i, left) in a.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in b.enumerated() {
                let substitution = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}

/// Bounds of what a request may ask for.
package enum WireLimits {
    /// A reason is a sentence or two: it is kept with every lease that it ends.
    package static let reasonBytesMax = 1_000
    /// One year: a drain, a revocation or a default that lies further off is a slip of the hand.
    package static let durationSecondsMax = 366 * 86_400
    /// As many as the core takes; a slip of the hand must not eat the memory.
    package static let poolSizeMax = 2_000_000
    package static let ports = 1...65_535
    /// Half a day: whoever waits longer is better told when to come back.
    package static let waitSecondsMax = 43_200
}

/// Reads request bodies: refuses whatever is not known, so that a slip is seen by who made it.
package enum StrictJSON {
    /// An empty body counts as an object without fields.
    package static func decode<Body: WireObject>(
        _ type: Body.Type, from bytes: UnsafeRawBufferPointer
    ) throws(JSONError) -> Body {
        let json = try JSONParser.parse(bytes) ?? .object([])
        return try Body(json: json, at: JSONPlace(isStrict: true))
    }

    /// The same for an array of bytes.
    package static func decode<Body: WireObject>(
        _ type: Body.Type, from bytes: [UInt8]
    ) throws(JSONError) -> Body {
        let json = try JSONParser.parse(bytes) ?? .object([])
        return try Body(json: json, at: JSONPlace(isStrict: true))
    }
}

/// Writes bodies, and reads answers, in which a newer daemon may say more than is known here.
package enum WireJSON {
    /// Compact, without a newline, members in the documented order.
    package static func encode(_ value: some WireValue) -> [UInt8] {
        var writer = JSONWriter()
        value.write(to: &writer)
        return writer.bytes
    }

    /// Reads a whole body; unknown fields are skipped.
    package static func decode<Answer: WireValue>(
        _ type: Answer.Type, from bytes: [UInt8]
    ) throws(JSONError) -> Answer {
        guard let json = try JSONParser.parse(bytes, depthMax: JSONParser.answerDepthMax) else {
            throw JSONError(.jsonNoBody)
        }
        return try decode(type, from: json)
    }

    /// Reads what has been parsed already.
    package static func decode<Answer: WireValue>(
        _ type: Answer.Type, from json: JSONValue
    ) throws(JSONError) -> Answer {
        try Answer(json: json, at: JSONPlace(isStrict: false))
    }
}
