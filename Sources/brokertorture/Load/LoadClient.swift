import BrokerLoad

/// One connection after another to the daemon, with one request under way.
struct LoadClient {
    enum Role {
        /// One of those that play the gateway, by its number.
        case traffic(Int)
        case admin
        case auditor
    }

    /// From the first failure on it is tried again after this long, then twice as long, and so on.
    private static let backoffMicrosecondsMin: Int64 = 5_000
    private static let backoffMicrosecondsMax: Int64 = 40_000

    let role: Role
    private(set) var connection: UnixConnection?
    /// What is asked; nil while a page of an audit is, or nothing.
    var underWay: Call?
    var reading: AuditReading?
    private(set) var isBusy = false
    private(set) var askedAt: Int64 = 0
    /// The first call on a connection asks who answers.
    var isNew = false
    private var backoff = LoadClient.backoffMicrosecondsMin
    private var connectAt: Int64 = 0

    init(_ role: Role) { self.role = role }

    /// Connects if it is time; true when there is a connection now that was not there.
    mutating func connect(_ socket: String, at now: Int64) throws(ConnectionError) -> Bool {
        guard connection == nil, now >= connectAt else { return false }
        do throws(ConnectionError) {
            connection = try UnixConnection(socket: socket)
            isNew = true
            return true
        } catch .impossible(let why) {
            throw .impossible(why)
        } catch {
            retreat(at: now)
            return false
        }
    }

    private mutating func retreat(at now: Int64) {
        connectAt = now + backoff
        backoff = min(backoff * 2, Self.backoffMicrosecondsMax)
    }

    /// Sends a request; false when the connection turned out to be lost.
    mutating func send(_ bytes: [UInt8], at now: Int64) -> Bool {
        isBusy = true
        askedAt = now
        do throws(ConnectionError) {
            try connection?.send(bytes)
            return true
        } catch {
            return false
        }
    }

    /// An answer came.
    mutating func answered() {
        isBusy = false
        backoff = Self.backoffMicrosecondsMin
    }

    /// The connection is gone, and with it the answer.
    mutating func lost(at now: Int64) {
        connection = nil
        isBusy = false
        underWay = nil
        reading = nil
        retreat(at: now)
    }
}
