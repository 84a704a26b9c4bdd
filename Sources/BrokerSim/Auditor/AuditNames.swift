import BrokerCore

/// Small numbers for the names and texts that come in, so that the model compares and indexes
/// integers. It only grows; a number means the same in every copy of one auditor.
struct AuditNames: Sendable {
    /// One kind of names.
    struct Table: Sendable {
        private var numbers: [String: Int32] = [:]
        private(set) var texts: [String] = []

        /// The number of a text, a new one if need be.
        mutating func number(_ text: String) -> Int32 {
            if let number = numbers[text] { return number }
            let number = Int32(texts.count)
            numbers[text] = number
            texts.append(text)
            return number
        }

        /// The number of a text; `absent` for one that never came in.
        func known(_ text: String) -> Int32 { numbers[text] ?? absent }

        subscript(number: Int32) -> String { texts[Int(number)] }
        var count: Int { texts.count }
    }

    var holders = Table()
    var unixGroups = Table()
    var pools = Table()
    var groups = Table()
    var seats = Table()
    var actors = Table()
    /// Reasons in the words of operators.
    var reasons = Table()
    /// Why a lease ends whose seat goes (pinned).
    let madeSmaller: Int32
    /// Addresses of seats, found again by the name of the seat.
    private(set) var addresses: [SeatAddress] = []
    private var addressesOfSeat: [[Int32]] = []

    init() {
        madeSmaller = reasons.number("The pool was made smaller.")
    }

    /// The number of the address of a seat with this name.
    mutating func address(_ address: SeatAddress, seat: Int32) -> Int32 {
        while addressesOfSeat.count <= Int(seat) { addressesOfSeat.append([]) }
        for number in addressesOfSeat[Int(seat)] where addresses[Int(number)] == address {
            return number
        }
        let number = Int32(addresses.count)
        addresses.append(address)
        addressesOfSeat[Int(seat)].append(number)
        return number
    }
}

/// No name, no place.
let absent: Int32 = -1

/// Later than any instant, in milliseconds: no deadline.
let never = Int64.max
