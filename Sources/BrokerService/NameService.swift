import BrokerEngine
import Glibc
import Synchronization

/// What the machine's name service (NSS) says of users and groups, through a cache.
///
/// Look-ups run on threads of their own, several, so that a slow directory stalls neither the event
/// loops nor the look-ups of others. What is known is answered at once, and asked again behind the
/// answer when it has aged; when the directory does not answer, what was known goes on to count.
package final class NameService: Sendable {
    /// A user as the name service knows it.
    package struct User: Equatable, Sendable {
        package var name: String
        package var uid: UInt32
        package var gid: UInt32
    }

    /// What the name service says to a question.
    package enum Answer<Found: Sendable>: Sendable {
        case found(Found)
        /// There is none of that name or number.
        case absent
        /// It does not answer, and nothing is known from before.
        case unavailable
    }

    /// After so long an entry is asked for again behind its answer: how late a renamed or removed
    /// account shows.
    static let refreshMilliseconds: Int64 = 60_000
    /// So long an entry counts when the name service fails: a working day with the directory down.
    static let keepMilliseconds: Int64 = 12 * 3_600_000
    /// So long a "no such user" counts: short, since accounts are made while people wait.
    static let absentMilliseconds: Int64 = 5_000
    /// Entries that the cache holds before it is emptied: ten times the people of the house.
    static let entriesMax = 50_000
    /// So many look-ups wait for a slow directory at once.
    private static let threadCount = 8

    private enum Key: Hashable, Sendable {
        case user(UInt32)
        case userNamed(String)
        case group(UInt32)
        case groupsOf(String)
    }

    private enum Value: Sendable {
        case user(User?)
        case group(String?)
        case groups([String]?)

        var isAbsent: Bool {
            switch self {
            case .user(let user): user == nil
            case .group(let name): name == nil
            case .groups(let names): names == nil
            }
        }
    }

    private struct Entry: Sendable {
        var value: Value
        var at: Int64
        var isBeingAsked = false

        func isGood(at now: Int64) -> Bool {
            now - at
                < (value.isAbsent
                    ? NameService.absentMilliseconds : NameService.keepMilliseconds)
        }

        func isAged(at now: Int64) -> Bool {
            !value.isAbsent && now - at >= NameService.refreshMilliseconds
        }
    }

    private struct State: Sendable {
        var counts = Counts()
        var entries: [Key: Entry] = [:]
        var waiting: [Key: [@Sendable () -> Void]] = [:]
    }

    /// How the cache has served since the start.
    package struct Counts: Equatable, Sendable {
        /// Questions that were answered at once, and those that had to wait for the name service.
        package var hits = 0
        package var misses = 0
        /// Look-ups that the name service did not answer.
        package var failures = 0
        /// Entries that are known now.
        package var entries = 0
    }

    /// How long the name service takes to answer.
    package let lookUpSeconds = Histogram(bounds: Histogram.latencySeconds)
    private let state = Mutex(State())
    private let queue = WaitQueue<Key>()

    package init() {
        for number in 0..<Self.threadCount {
            DaemonThread.start("names-\(number)") { [queue, weak self] in
                while let key = queue.takeFirst() { self?.ask(key) }
            }.detach()
        }
    }

    deinit { queue.close() }

    // MARK: Questions

    /// The name of a user and the names of these groups; groups without a name are left out. `body`
    /// runs at once when all of it is known, else on a look-up thread.
    package func peer(
        _ uid: UInt32, groups: [UInt32],
        _ body: @escaping @Sendable (Answer<(name: String, groups: [String])>) -> Void
    ) {
        resolve([.user(uid)] + groups.map { .group($0) }) { values in
            guard case .user(let user)? = values[.user(uid)] else { return body(.unavailable) }
            guard let user else { return body(.absent) }
            var names: [String] = []
            for gid in groups {
                guard case .group(let name)? = values[.group(gid)] else {
                    return body(.unavailable)
                }
                if let name { names.append(name) }
            }
            body(.found((name: user.name, groups: names)))
        }
    }

    /// The groups of a user by its name.
    package func groups(
        ofUserNamed name: String, _ body: @escaping @Sendable (Answer<[String]>) -> Void
    ) {
        resolve([.groupsOf(name)]) { values in
            guard case .groups(let names)? = values[.groupsOf(name)] else {
                return body(.unavailable)
            }
            body(names.map { .found($0) } ?? .absent)
        }
    }

    // MARK: Cache

    /// As they are now.
    package var counts: Counts {
        state.withLock { state in
            var counts = state.counts
            counts.entries = state.entries.count
            return counts
        }
    }

    private func resolve(_ keys: [Key], _ body: @escaping @Sendable ([Key: Value]) -> Void) {
        let now = ClockReading.milliseconds(CLOCK_BOOTTIME)
        var ask: [Key] = []
        let known: [Key: Value]? = state.withLock { state in
            var values: [Key: Value] = [:]
            var missing: Set<Key> = []
            for key in keys {
                if let entry = state.entries[key], entry.isGood(at: now) {
                    values[key] = entry.value
                    if entry.isAged(at: now) && !entry.isBeingAsked {
                        state.entries[key]!.isBeingAsked = true
                        ask.append(key)
                    }
                } else {
                    missing.insert(key)
                }
            }
            guard !missing.isEmpty else {
                state.counts.hits += 1
                return values
            }
            state.counts.misses += 1
            // The last of the missing answers runs the whole question again.
            let rest = Countdown(missing.count)
            for key in missing {
                if state.waiting[key] == nil { ask.append(key) }
                state.waiting[key, default: []].append { [weak self] in
                    if rest.countDown() == 0 { self?.conclude(keys, body) }
                }
            }
            return nil
        }
        for key in ask { _ = queue.add(key) }
        if let known { body(known) }
    }

    /// Gives what there is, without asking again: a failed look-up stands for "unknown".
    private func conclude(_ keys: [Key], _ body: ([Key: Value]) -> Void) {
        let now = ClockReading.milliseconds(CLOCK_BOOTTIME)
        let values = state.withLock { state in
            var values: [Key: Value] = [:]
            for key in keys {
                guard let entry = state.entries[key], entry.isGood(at: now) else { continue }
                values[key] = entry.value
            }
            return values
        }
        body(values)
    }

    private func ask(_ key: Key) {
        let start = ContinuousClock.now
        let value = Self.lookUp(key)
        let took = (ContinuousClock.now - start) / .seconds(1)
        lookUpSeconds.record(took)
        let now = ClockReading.milliseconds(CLOCK_BOOTTIME)
        let waiting = state.withLock { state in
            if value == nil { state.counts.failures += 1 }
            if state.entries.count >= Self.entriesMax {
                // Names that do not exist are what fills a cache; the others go only if they must.
                state.entries = state.entries.filter {
                    !$0.value.value.isAbsent && $0.value.isGood(at: now)
                }
                if state.entries.count >= Self.entriesMax { state.entries.removeAll() }
            }
            if let value {
                state.entries[key] = Entry(value: value, at: now)
            } else {
                // The directory is down: what was known goes on to count.
                state.entries[key]?.isBeingAsked = false
            }
            return state.waiting.removeValue(forKey: key) ?? []
        }
        for body in waiting { body() }
    }

    // MARK: NSS

    /// Asks the name service; nil when it fails, which is not the same as "there is none".
    private static func lookUp(_ key: Key) -> Value? {
        switch key {
        case .user(let uid):
            return lookUpUser { getpwuid_r(uid, $0, $1, $2, $3) }
        case .userNamed(let name):
            return lookUpUser { getpwnam_r(name, $0, $1, $2, $3) }
        case .group(let gid):
            return lookUpGroup(gid)
        case .groupsOf(let name):
            guard let user = lookUp(.userNamed(name)) else { return nil }
            guard case .user(let found?) = user else { return .groups(nil) }
            return lookUpGroups(of: found)
        }
    }

    private static func lookUpUser(
        _ call: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) -> Value? {
        withGrowingBuffer { buffer in
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            let status = call(&entry, buffer.baseAddress!, buffer.count, &result)
            guard result != nil else { return .init(absentOr: status, .user(nil)) }
            return .found(
                .user(
                    User(
                        name: String(cString: entry.pw_name), uid: entry.pw_uid,
                        gid: entry.pw_gid)))
        }
    }

    private static func lookUpGroup(_ gid: UInt32) -> Value? {
        withGrowingBuffer { buffer in
            var entry = Glibc.group()
            var result: UnsafeMutablePointer<Glibc.group>?
            let status = getgrgid_r(gid, &entry, buffer.baseAddress!, buffer.count, &result)
            guard result != nil else { return .init(absentOr: status, .group(nil)) }
            return .found(.group(String(cString: entry.gr_name)))
        }
    }

    private static func lookUpGroups(of user: User) -> Value? {
        var count: Int32 = 64
        for _ in 0..<4 {
            var gids = [gid_t](repeating: 0, count: Int(count))
            if getgrouplist(user.name, user.gid, &gids, &count) >= 0 {
                var names: [String] = []
                for gid in gids.prefix(Int(count)) {
                    guard case .group(let name)? = lookUpGroup(gid) else { return nil }
                    if let name { names.append(name) }
                }
                return .groups(names)
            }
        }
        return nil
    }

    private enum LookUp {
        case found(Value)
        case tooSmall
        case failed

        /// What a call says that has found nothing: 0 and some codes are "there is none".
        init(absentOr status: Int32, _ absent: Value) {
            switch status {
            case 0, ENOENT, ESRCH: self = .found(absent)
            case ERANGE: self = .tooSmall
            default: self = .failed
            }
        }
    }

    /// Groups with thousands of members need large buffers; a megabyte bounds them.
    private static func withGrowingBuffer(
        _ body: (UnsafeMutableBufferPointer<CChar>) -> LookUp
    ) -> Value? {
        var size = 4_096
        while size <= 1 << 20 {
            let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            switch body(buffer) {
            case .found(let value): return value
            case .failed: return nil
            case .tooSmall: size *= 4
            }
        }
        return nil
    }
}

/// A counter that closures can share.
private final class Countdown: Sendable {
    private let count: Atomic<Int>

    init(_ count: Int) { self.count = Atomic(count) }

    /// Counts one down and gives what is left.
    func countDown() -> Int { count.subtract(1, ordering: .acquiringAndReleasing).newValue }
}
