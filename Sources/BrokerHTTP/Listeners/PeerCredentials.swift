import Glibc

/// Who is at the other end of a Unix socket, as the kernel recorded it when the peer connected.
///
/// Read once a connection: the kernel's record never changes, so asking again would only cost.
/// The process id is for log lines alone; nothing may be authorised by it, for it can be reused.
package struct PeerCredentials: Sendable, Hashable {
    /// The effective user id of the peer; never `UInt32.max` and never the overflow id 65534.
    package let uid: UInt32
    /// The effective primary group id of the peer.
    package let gid: UInt32
    /// All groups of the peer, the primary one included; sorted, without repetition.
    package let groups: [UInt32]
    /// The peer's process id, 0 when it lives outside our pid namespace.
    package let pid: Int32

    package init(uid: UInt32, gid: UInt32, groups: [UInt32], pid: Int32) {
        self.uid = uid
        self.gid = gid
        self.groups = Set(groups).union([gid]).sorted()
        self.pid = pid
    }
}

/// Why a peer's credentials cannot be believed; such a connection is refused.
package enum PeerCredentialsError: Error, Equatable {
    /// `getsockopt` failed, or answered something of another size than asked for.
    case unavailable(option: String, errno: CInt)
    /// The kernel could not map the peer's user into our user namespace.
    case unmappedUser(uid: UInt32)
}

extension PeerCredentials {
    /// A user is in 30 groups at most in practice; the kernel says so when there are more.
    private static let groupsFirstGuess = 64

    /// Reads the credentials of the peer of a connected Unix socket.
    ///
    /// - Parameter descriptor: a connected `AF_UNIX` stream socket; it is not kept.
    /// - Throws: when anything at all is doubtful. There is no partial answer.
    package static func ofPeer(descriptor: CInt) throws(PeerCredentialsError) -> PeerCredentials {
        try PeerCredentials(PeerUser.ofPeer(descriptor: descriptor), descriptor: descriptor)
    }

    /// Reads the rest of the credentials of a peer whose user is known.
    init(_ user: PeerUser, descriptor: CInt) throws(PeerCredentialsError) {
        self.init(
            uid: user.uid, gid: user.gid,
            groups: try Self.groupsOfPeer(descriptor: descriptor), pid: user.pid)
    }

    /// The supplementary groups; the kernel answers `ERANGE` and the size it needs when the
    /// buffer is too small, and nothing for a peer that has none.
    private static func groupsOfPeer(descriptor: CInt) throws(PeerCredentialsError) -> [UInt32] {
        let width = MemoryLayout<UInt32>.size
        var groups = [UInt32](repeating: UInt32.max, count: groupsFirstGuess)
        // Twice is enough, for a socket's record is fixed; the bound keeps a kernel bug finite.
        for _ in 0..<4 {
            var length = socklen_t(groups.count * width)
            if getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &groups, &length) == 0 {
                guard Int(length) <= groups.count * width, Int(length) % width == 0 else { break }
                return Array(groups.prefix(Int(length) / width))
            }
            guard errno == ERANGE, Int(length) > groups.count * width else {
                throw .unavailable(option: "SO_PEERGROUPS", errno: errno)
            }
            groups = [UInt32](repeating: UInt32.max, count: Int(length) / width)
        }
        throw .unavailable(option: "SO_PEERGROUPS", errno: EPROTO)
    }
}

/// The part of a peer's credentials that one system call tells, and that the limits per user need.
///
/// Its layout is that of `struct ucred` of unix(7), which Glibc hides behind `_GNU_SOURCE`.
struct PeerUser {
    /// The id that the kernel shows for users it cannot map (`/proc/sys/kernel/overflowuid`).
    static let overflowID: UInt32 = 65534

    // All start as "nobody at all": zero would be root after an error that went unnoticed.
    private(set) var pid: Int32 = 0
    private(set) var uid = UInt32.max
    private(set) var gid = UInt32.max

    private init() {}

    /// Reads it of the peer of a connected Unix socket.
    ///
    /// - Throws: when anything at all is doubtful.
    static func ofPeer(descriptor: CInt) throws(PeerCredentialsError) -> PeerUser {
        var user = PeerUser()
        var length = socklen_t(MemoryLayout<PeerUser>.size)
        let status = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &user, &length)
        guard status == 0, Int(length) == MemoryLayout<PeerUser>.size else {
            throw .unavailable(option: "SO_PEERCRED", errno: status == 0 ? EPROTO : errno)
        }
        guard user.uid != UInt32.max, user.gid != UInt32.max, user.uid != overflowID else {
            throw .unmappedUser(uid: user.uid)
        }
        return user
    }
}
