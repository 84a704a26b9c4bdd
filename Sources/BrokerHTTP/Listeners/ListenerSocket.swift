import Glibc

/// A socket that listens: opened by ourselves or handed over by systemd.
package struct ListenerSocket: Sendable {
    package let kind: ListenerKind
    /// A listening stream socket, close-on-exec. Owned by whoever has the value; `HTTPServer.start`
    /// takes it over.
    package let descriptor: CInt
    /// `AF_UNIX`, so that the kernel says who a peer is.
    package let isUnix: Bool
    /// Where it listens, for people: a path, or `127.0.0.1:9470`.
    package let address: String
    /// The file that we have made, to be removed at the end; `nil` for TCP and inherited sockets.
    let file: SocketFile?

    /// Which file a path meant when we made it.
    struct SocketFile: Sendable, Equatable {
        let path: String
        private let device: dev_t
        private let inode: ino_t
        /// File systems give a freed inode to the next file at once; its time tells them apart.
        private let modifiedSeconds: time_t
        private let modifiedNanoseconds: Int

        /// - Returns: `nil` when nothing is there.
        init?(path: String) {
            var now = stat()
            guard lstat(path, &now) == 0 else { return nil }
            self.path = path
            device = now.st_dev
            inode = now.st_ino
            modifiedSeconds = now.st_mtim.tv_sec
            modifiedNanoseconds = now.st_mtim.tv_nsec
        }
    }

    /// Takes over a socket that systemd has opened, as it is.
    ///
    /// - Throws: when it is no listening stream socket of a family that we serve, or TCP on an
    ///   address other than loopback.
    package static func inherited(
        kind: ListenerKind, descriptor: CInt
    ) throws(ListenerError) -> ListenerSocket {
        guard option(SO_TYPE, of: descriptor) == CInt(SOCK_STREAM.rawValue),
            option(SO_ACCEPTCONN, of: descriptor) == 1
        else { throw .notListening(descriptor: descriptor) }
        switch option(SO_DOMAIN, of: descriptor) {
        case AF_UNIX:
            return ListenerSocket(
                kind: kind, descriptor: descriptor, isUnix: true,
                address: UnixAddress.path(of: descriptor) ?? "unix socket", file: nil)
        case AF_INET, AF_INET6:
            guard kind == .monitoring else { throw .tcpNotAllowed(kind) }
            guard let address = LoopbackAddress(ofSocket: descriptor) else {
                throw .notLoopback("the inherited socket")
            }
            return ListenerSocket(
                kind: kind, descriptor: descriptor, isUnix: false, address: address.description,
                file: nil)
        case let family:
            throw .unknownFamily(family ?? -1)
        }
    }

    private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 else { return nil }
        return value
    }

    /// Removes the socket's file, if we have made it and it is still the same file. For an orderly
    /// stop; after a crash the next start finds that nobody answers, and replaces it.
    package func removeFile() {
        guard let file, SocketFile(path: file.path) == file else { return }
        unlink(file.path)
    }
}

/// Why a listener cannot be opened. Its text is for the administrator, who reads it in the journal.
package enum ListenerError: Error, Equatable, CustomStringConvertible {
    /// A system call failed.
    case system(call: String, subject: String, errno: CInt)
    case pathTooLong(path: String, bytes: Int)
    /// Something that is no socket is at the path; it is left alone.
    case notASocket(path: String)
    /// Another process accepts connections there.
    case inUse(path: String)
    /// Not of the form `127.0.0.1:9470` or `[::1]:9470`.
    case malformedAddress(String)
    case notLoopback(String)
    /// An inherited descriptor is no listening stream socket.
    case notListening(descriptor: CInt)
    case unknownFamily(CInt)
    case tcpNotAllowed(ListenerKind)

    package var description: String {
        switch self {
        case .system(let call, let subject, let code):
            "\(subject): \(call): \(String(cString: strerror(code)))"
        case .pathTooLong(let path, let bytes):
            "\(path): a socket's path may have \(UnixAddress.pathBytesMax) bytes, "
                + "this one has \(bytes)"
        case .notASocket(let path):
            "\(path): exists and is not a socket; it is left alone, remove it or choose another"
        case .inUse(let path):
            "another process serves \(path)"
        case .malformedAddress(let text):
            "\(text): not an address of the form 127.0.0.1:9470 or [::1]:9470"
        case .notLoopback(let text):
            "\(text): only loopback addresses are served, for this listener knows no one and "
                + "encrypts nothing; put a proxy in front of it to reach it from elsewhere"
        case .notListening(let descriptor):
            "descriptor \(descriptor): not a listening stream socket"
        case .unknownFamily(let family):
            "address family \(family): neither a Unix socket nor TCP"
        case .tcpNotAllowed(let kind):
            "the \(kind.rawValue) listener must be a Unix socket, for only there the kernel says "
                + "who calls"
        }
    }
}
