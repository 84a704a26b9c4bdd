import Glibc

/// Tells systemd that a unit of `Type=notify` has what it is there for (sd_notify(3)).
///
/// Nothing happens where no service manager listens. The variable is taken out of the environment
/// before the command starts: `run` speaks for the unit, and the command does not.
struct ServiceNotice {
    private let path: String?

    /// Must be made before there are other threads.
    init() {
        path = Terminal.environment("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 }
        unsetenv("NOTIFY_SOCKET")
    }

    /// The lease is there, and the command runs.
    ///
    /// - Parameter status: The line that `systemctl status` shows, without line breaks.
    func ready(status: String) {
        guard let path else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // The name of an abstract socket begins with a zero byte, written as "@".
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let message = Array("READY=1\nSTATUS=\(status)".utf8)
        // A manager that cannot be told is no reason to give the seat back.
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, 0, $0, socklen_t(length))
            }
        }
    }
}
