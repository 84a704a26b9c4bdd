import NIOCore

/// Takes the chunk framing off a request body that arrives piece by piece.
///
/// Extensions are read over, as RFC 9112 (7.1.1) demands, up to a limit; nobody sends any.
/// Trailers, which nobody sends either and which could only be thrown away, are refused.
struct ChunkedBody {
    enum Result: Equatable {
        case incomplete
        case complete
        /// The body has grown beyond the limit; nothing further is read.
        case tooLarge
    }

    private enum State: Equatable {
        case size(digits: Int)
        case extensionName(isFirst: Bool)
        case extensionValue(isFirst: Bool)
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case endCarriageReturn
        case endLineFeed
        case done
    }

    /// The most bytes of body without framing.
    private let lengthMax: Int
    private var state = State.size(digits: 0)
    private var chunkRemaining = 0
    /// How long extensions may still be.
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
        case .extensionName(let isFirst): try stepExtension(byte, isName: true, isFirst: isFirst)
        case .extensionValue(let isFirst): try stepExtension(byte, isName: false, isFirst: isFirst)
        case .sizeLineFeed:
            try expectLineFeed(byte, then: chunkRemaining == 0 ? .endCarriageReturn : .data)
        case .dataCarriageReturn:
            guard byte == UInt8(ascii: "\r") else {
                throw .bad("A chunk is longer than it said.")
            }
            state = .dataLineFeed
        case .dataLineFeed: try expectLineFeed(byte, then: .size(digits: 0))
        case .endCarriageReturn:
            guard byte == UInt8(ascii: "\r") else { throw .bad("Trailers are not taken.") }
            state = .endLineFeed
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
            try spendOverhead()
            state = .extensionName(isFirst: true)
        case _: throw .bad("A chunk size is not a hexadecimal number.")
        }
    }

    /// `;name=value`, tokens both. Nobody sends the quoted values that RFC 9112 also knows.
    private mutating func stepExtension(
        _ byte: UInt8, isName: Bool, isFirst: Bool
    ) throws(RequestFault) {
        switch byte {
        case UInt8(ascii: "\r") where !isFirst:
            state = .sizeLineFeed
            return
        case UInt8(ascii: ";") where !isFirst: state = .extensionName(isFirst: true)
        case UInt8(ascii: "=") where !isFirst && isName: state = .extensionValue(isFirst: true)
        case _ where ByteSet.token.contains(byte):
            state = isName ? .extensionName(isFirst: false) : .extensionValue(isFirst: false)
        case _: throw .bad("A chunk extension is malformed.")
        }
        try spendOverhead()
    }

    private mutating func expectLineFeed(_ byte: UInt8, then next: State) throws(RequestFault) {
        guard byte == UInt8(ascii: "\n") else {
            throw .bad("A line of the chunk framing does not end in CR LF.")
        }
        state = next
    }

    private mutating func spendOverhead() throws(RequestFault) {
        guard overheadRemaining > 0 else { throw .headerTooLarge }
        overheadRemaining -= 1
    }
}
