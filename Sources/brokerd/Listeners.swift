import ArgumentParser
import BrokerHTTP
import BrokerSite
import BrokerSystemd
import Glibc

/// The sockets that the daemon serves: those that systemd passes by name, and for the others those
/// of the configuration.
enum Listeners {
    /// Those that systemd passed. To be called once, before anything that may fail.
    static func passed(_ log: BrokerLog) throws -> [ListenerSocket] {
        try orFailed(log) {
            var sockets: [ListenerSocket] = []
            for socket in try ServiceManager.passedSockets() {
                if let kind = ListenerKind(rawValue: socket.name) {
                    sockets.append(try .inherited(kind: kind, descriptor: socket.descriptor))
                } else {
                    log.unknownSocket(socket.name)
                    close(socket.descriptor)
                }
            }
            return sockets
        }
    }

    /// The passed ones, and those of the configuration for the kinds that none was passed of.
    static func open(
        _ configured: DaemonConfiguration.Listen, passed: [ListenerSocket], _ log: BrokerLog
    ) throws -> [ListenerSocket] {
        try orFailed(log) {
            var sockets: [ListenerSocket] = []
            for kind in ListenerKind.allCases {
                let named = passed.filter { $0.kind == kind }
                sockets += named
                if named.isEmpty, let socket = try open(kind, configured, log) {
                    sockets.append(socket)
                }
            }
            return sockets
        }
    }

    private static func orFailed<Value>(
        _ log: BrokerLog, _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as ListenerError {
            throw log.listenerFailed(error.description)
        } catch let error as PassedSocketError {
            throw log.listenerFailed(error.description)
        }
    }

    private static func open(
        _ kind: ListenerKind, _ configured: DaemonConfiguration.Listen, _ log: BrokerLog
    ) throws -> ListenerSocket? {
        switch kind {
        case .agent:
            return try .unix(kind: kind, path: configured.agent, mode: 0o666, groupID: nil)
        case .control:
            let group = groupID(configured.controlGroup)
            if group == nil { log.noControlGroup(configured.controlGroup) }
            return try .unix(kind: kind, path: configured.control, mode: 0o660, groupID: group)
        case .monitoring:
            guard let address = configured.monitoring else { return nil }
            let host = address.host.contains(":") ? "[\(address.host)]" : address.host
            return try .loopbackTCP(kind: kind, address: "\(host):\(address.port)")
        }
    }

    private static func groupID(_ reference: UnixGroupReference) -> gid_t? {
        switch reference {
        case .id(let number): number
        case .name(let name): getgrnam(name)?.pointee.gr_gid
        }
    }
}
