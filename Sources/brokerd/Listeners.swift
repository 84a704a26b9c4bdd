import ArgumentParser
import BrokerHTTP
import BrokerSite
import BrokerSystemd
import Glibc

/// The sockets that the daemon serves: those that systemd passes by name, and for the others those
/// of the configuration.
enum Listeners {
    static func open(
        _ configured: DaemonConfiguration.Listen, _ log: BrokerLog
    ) throws -> [ListenerSocket] {
        do {
            let passed = try ServiceManager.passedSockets()
            var sockets: [ListenerSocket] = []
            for kind in ListenerKind.allCases {
                let named = passed.filter { $0.name == kind.rawValue }
                if named.isEmpty {
                    if let socket = try open(kind, configured, log) { sockets.append(socket) }
                } else {
                    for socket in named {
                        sockets.append(
                            try .inherited(kind: kind, descriptor: socket.descriptor))
                    }
                }
            }
            for socket in passed where ListenerKind(rawValue: socket.name) == nil {
                log.unknownSocket(socket.name)
                close(socket.descriptor)
            }
            return sockets
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
