package import Glibc

extension ListenerSocket {
    /// Opens a Unix socket at a path.
    ///
    /// A socket that is there already is replaced only when nobody answers on it, which is what a
    /// crash leaves behind; anything else that is there is left alone. The socket is nobody's until
    /// owner and mode are right: it is made with mode 0, and listens last.
    ///
    /// - Parameters:
    ///   - path: absolute, at most 107 bytes; its folder is made (0755) when it is missing.
    ///   - mode: the permissions, for example `0o660`.
    ///   - groupID: the group that owns it; `nil` leaves the process's own.
    package static func unix(
        kind: ListenerKind, path: String, mode: mode_t, groupID: gid_t?
    ) throws(ListenerError) -> ListenerSocket {
        let address = try UnixAddress(path: path)
        try makeFolder(of: path)
        try removeStale(address)
        let descriptor = try streamSocket(AF_UNIX, subject: path)
        do throws(ListenerError) {
            try bindHidden(descriptor, to: address)
            if let groupID {
                try check(lchown(path, uid_t.max, groupID), "chown", path)
            }
            try check(chmod(path, mode), "chmod", path)
            try check(Glibc.listen(descriptor, ListenQueue.longCount), "listen", path)
            return ListenerSocket(
                kind: kind, descriptor: descriptor, isUnix: true, address: path,
                file: SocketFile(path: path))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// The umask belongs to the whole process; this runs at the start, before there are threads
    /// that make files.
    private static func bindHidden(
        _ descriptor: CInt, to address: UnixAddress
    ) throws(ListenerError) {
        let former = umask(0o777)
        let status = address.withSockaddr { bind(descriptor, $0, $1) }
        let code = errno
        umask(former)
        guard status == 0 else {
            throw .system(call: "bind", subject: address.path, errno: code)
        }
    }

    private static func makeFolder(of path: String) throws(ListenerError) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let folder = String(path[..<slash])
        guard mkdir(folder, 0o755) != 0, errno != EEXIST else { return }
        throw .system(call: "mkdir", subject: folder, errno: errno)
    }

    private static func removeStale(_ address: UnixAddress) throws(ListenerError) {
        var there = stat()
        guard lstat(address.path, &there) == 0 else {
            if errno == ENOENT { return }
            throw .system(call: "stat", subject: address.path, errno: errno)
        }
        guard there.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: address.path) }
        let probe = try streamSocket(AF_UNIX, subject: address.path)
        defer { close(probe) }
        // Non-blocking: a living server with a full backlog answers EAGAIN instead of hanging us.
        let status = address.withSockaddr { connect(probe, $0, $1) }
        guard status != 0, errno != EAGAIN else { throw .inUse(path: address.path) }
        guard errno == ECONNREFUSED else {
            throw .system(call: "connect", subject: address.path, errno: errno)
        }
        try check(unlink(address.path), "unlink", address.path)
    }

    static func streamSocket(
        _ family: CInt, subject: String
    ) throws(ListenerError) -> CInt {
        let type =
            CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
            | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        try check(descriptor, "socket", subject)
        return descriptor
    }

    static func check(
        _ status: CInt, _ call: String, _ subject: String
    ) throws(ListenerError) {
        if status < 0 { throw .system(call: call, subject: subject, errno: errno) }
    }
}

/// A path as a `sockaddr_un`, which has room for 107 bytes and the zero after them.
struct UnixAddress {
    static let pathBytesMax = 107

    let path: String

    init(path: String) throws(ListenerError) {
        let bytes = path.utf8.count
        guard bytes <= Self.pathBytesMax else { throw .pathTooLong(path: path, bytes: bytes) }
        self.path = path
    }

    func withSockaddr(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Where a socket is bound; `nil` when it has no path.
    static func path(of descriptor: CInt) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0 else { return nil }
        let path = withUnsafeBytes(of: &address.sun_path) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return path.isEmpty ? nil : path
    }
}
