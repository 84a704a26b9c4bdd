import CSystemd
import Glibc

/// A listening socket that systemd has opened for us (sd_listen_fds(3)).
package struct PassedSocket: Sendable, Equatable {
    /// What family the socket is of.
    package enum Kind: Sendable, Equatable {
        case unix
        case tcp
    }

    /// `FileDescriptorName=` of the socket unit; the unit's name when it gives none.
    package let name: String
    /// Listening, a stream socket, close-on-exec.
    package let descriptor: CInt
    package let kind: Kind
}

/// A descriptor that systemd has passed and that we cannot serve on.
package struct PassedSocketError: Error, Equatable, CustomStringConvertible {
    package let name: String
    package let descriptor: CInt
    package let reason: String

    package var description: String { "socket \"\(name)\" passed by systemd: \(reason)" }
}

extension ServiceManager {
    /// The sockets that systemd has passed, in its order; empty when it has passed none.
    ///
    /// Call it once, at the start, while there is one thread: it takes the variables out of the
    /// environment, so that no child and no second call believes the descriptors to be its own.
    ///
    /// - Throws: when systemd's word is broken or a descriptor is no listening stream socket; a
    ///   daemon that served only some of its sockets would be worse than one that does not start.
    package static func passedSockets() throws(PassedSocketError) -> [PassedSocket] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        defer { release(names) }
        guard count >= 0 else {
            throw PassedSocketError(
                name: "", descriptor: -1, reason: String(cString: strerror(-count)))
        }
        var sockets: [PassedSocket] = []
        for index in 0..<count {
            // libsystemd has set close-on-exec on each.
            let descriptor = SD_LISTEN_FDS_START + index
            let name = names?[Int(index)].map { String(cString: $0) } ?? ""
            sockets.append(
                PassedSocket(
                    name: name, descriptor: descriptor,
                    kind: try kind(of: descriptor, name: name)))
        }
        return sockets
    }

    /// The family of a socket that must listen for streams.
    static func kind(
        of descriptor: CInt, name: String
    ) throws(PassedSocketError) -> PassedSocket.Kind {
        let stream = CInt(SOCK_STREAM.rawValue)
        func listens(_ family: CInt) -> Bool {
            sd_is_socket(descriptor, family, stream, 1) > 0
        }
        if listens(AF_UNIX) { return .unix }
        if listens(AF_INET) || listens(AF_INET6) { return .tcp }
        throw PassedSocketError(
            name: name, descriptor: descriptor,
            reason: "not a listening stream socket (ListenStream= with Accept=no is needed)")
    }

    /// The list and its strings are ours to free.
    private static func release(_ names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        guard let names else { return }
        var next = names
        while let name = next.pointee {
            free(name)
            next += 1
        }
        free(names)
    }
}
