import NIOCore

/// Takes the chunk framing off a request body that arrives piece by piece.
///
/// Extensions and trailers are read over, as RFC 9112 (7.1) allows, but they count: together they
/// may be as long as a head, so that nobody can keep a connection busy with them for ever.
struct ChunkedBody {
    enum Result: Equatable {
        case incomplete
        case complete
        /// The body has grown beyond the limit; nothing further is read.
        case tooLarge
    }

    private enum State: Equatable {
        case size(digits: Int)
        case extensions
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailerStart
        case trailer
        case trailerLineFeed
        case endLineFeed
        case done
    }

    /// The most bytes of body without framing.
    private let lengthMax: Int
    private var state = State.size(digits: 0)
    private var chunkRemaining = 0
    /// What framing may still take beyond the plain chunk sizes.
    private var overheadRemaining: Int
    /// The body so far.
    private(set) var body: ByteBuffer

    /// A chunk size of more digits would be a gigabyte; the limit is far below.
    private static let sizeDigitsMax = 7

    init(lengthMax: Int, overheadMax: Int, allocator: ByteBufferAllocator) {
        self.lengthMax = lengthMax
        overheadRemaining = overheadMax
        body = allocator.buffer(capacity: 0)
    }

    /// Consumes what it can; what is left in `input` after `.complete` belongs to the next request.
    mutating func consume(_ input: inout ByteBuffer) throws(RequestFault) -> Result {
        while state != .done {
            if state == .data {
                let count = min(chunkRemaining, input.readableBytes)
                guard count > 0, var piece = input.readSlice(length: count) else {
                    return .incomplete
                }
                body.writeBuffer(&piece)
                chunkRemaining -= count
                if chunkRemaining == 0 { state = .dataCarriageReturn }
            } else {
                guard let byte: UInt8 = input.readInteger() else { return .incomplete }
                try step(byte)
                guard body.readableBytes + chunkRemaining <= lengthMax else { return .tooLarge }
            }
        }
        return .complete
    }

    /// One byte of framing.
    private mutating func step(_ byte: UInt8) throws(RequestFault) {
        switch state {
        case .size(let digits): try stepSize(byte, digits: digits)
        case .extensions:
            if byte == UInt8(ascii: "\r") {
                state = .sizeLineFeed
            } else {
                try spendOverhead(byte)
            }
        case .sizeLineFeed:
            try expectLineFeed(byte, then: chunkRemaining == 0 ? .trailerStart : .data)
        case .dataCarriageReturn:
            guard byte == UInt8(ascii: "\r") else {
                throw .bad("A chunk is longer than it said.")
            }
            state = .dataLineFeed
        case .dataLineFeed: try expectLineFeed(byte, then: .size(digits: 0))
        case .trailerStart:
            if byte == UInt8(ascii: "\r") {
                state = .endLineFeed
            } else {
                try spendOverhead(byte)
                state = .trailer
            }
        case .trailer:
            if byte == UInt8(ascii: "\r") {
                state = .trailerLineFeed
            } else {
                try spendOverhead(byte)
            }
        case .trailerLineFeed: try expectLineFeed(byte, then: .trailerStart)
        case .endLineFeed: try expectLineFeed(byte, then: .done)
        case .data, .done: preconditionFailure("no framing byte belongs here")
        }
    }

    private mutating func stepSize(_ byte: UInt8, digits: Int) throws(RequestFault) {
        if let value = byte.hexValue {
            guard digits < Self.sizeDigitsMax else { throw .bad("A chunk size is too long.") }
            chunkRemaining = chunkRemaining * 16 + Int(value)
            state = .size(digits: digits + 1)
            return
        }
        guard digits > 0 else { throw .bad("A chunk has no size.") }
        switch byte {
        case UInt8(ascii: "\r"): state = .sizeLineFeed
        case UInt8(ascii: ";"):
            try spendOverhead(byte)
            state = .extensions
        case _: throw .bad("A chunk size is not a hexadecimal number.")
        }
    }

    private mutating func expectLineFeed(_ byte: UInt8, then next: State) throws(RequestFault) {
        guard byte == UInt8(ascii: "\n") else {
            throw .bad("A line of the chunk framing does not end in CR LF.")
        }
        state = next
    }

    private mutating func spendOverhead(_ byte: UInt8) throws(RequestFault) {
        guard ByteSet.fieldValue.contains(byte) else {
            throw .bad("The chunk framing has an invalid character.")
        }
        guard overheadRemaining > 0 else { throw .headerTooLarge }
        overheadRemaining -= 1
    }
}
