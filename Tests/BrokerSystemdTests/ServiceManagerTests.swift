import Glibc
import Testing

@testable import BrokerSystemd

/// One test, because it is about the environment, of which a process has one.
@Suite struct ServiceManagerTests {
    @Test func outsideSystemdAndInFrontOfASocket() throws {
        unsetenv("NOTIFY_SOCKET")
        ServiceManager.ready()
        #expect(ServiceManager.watchdogIntervalMicroseconds() == nil)
        #expect(try ServiceManager.passedSockets() == [])

        let name = "@brokerd-test-\(getpid())"
        let receiver = try bindAbstract(name)
        defer { close(receiver) }
        setenv("NOTIFY_SOCKET", name, 1)
        defer { unsetenv("NOTIFY_SOCKET") }
        ServiceManager.ready()
        #expect(receive(receiver) == "READY=1")
        ServiceManager.status("1412 of 1700\nREADY=0")
        #expect(receive(receiver) == "STATUS=1412 of 1700 READY=0")
        ServiceManager.reloading()
        let reloading = receive(receiver)
        #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        #expect(UInt64(reloading.dropFirst(28)) ?? 0 > 0)
        ServiceManager.watchdogPing()
        #expect(receive(receiver) == "WATCHDOG=1")
        ServiceManager.stopping()
        #expect(receive(receiver) == "STOPPING=1")

        setenv("WATCHDOG_USEC", "30000000", 1)
        #expect(ServiceManager.watchdogIntervalMicroseconds() == 30_000_000)
        setenv("WATCHDOG_PID", "1", 1)
        #expect(ServiceManager.watchdogIntervalMicroseconds() == nil)
        unsetenv("WATCHDOG_USEC")
        unsetenv("WATCHDOG_PID")
    }

    @Test func kindsOfDescriptors() throws {
        let unix = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let tcp = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        let datagram = try bindAbstract("@brokerd-kind-\(getpid())")
        defer { for descriptor in [unix, tcp, datagram] { close(descriptor) } }
        for descriptor in [unix, tcp, datagram] {
            #expect(throws: PassedSocketError.self) {
                try ServiceManager.kind(of: descriptor, name: "agent")
            }
        }
        // TCP is bound to a free port by listen(2) itself, a Unix socket needs a name.
        #expect(listen(tcp, 1) == 0)
        #expect(try ServiceManager.kind(of: tcp, name: "monitoring") == .tcp)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(unix, $0, socklen_t(MemoryLayout<sa_family_t>.size))
            }
        }
        #expect(status == 0 && listen(unix, 1) == 0)
        #expect(try ServiceManager.kind(of: unix, name: "agent") == .unix)
    }

    private func bindAbstract(_ name: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) {
            $0.copyBytes(
                from: Array(name.utf8).enumerated().map { $0.offset == 0 ? 0 : $0.element })
        }
        let length = MemoryLayout<sa_family_t>.size + name.utf8.count
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(length))
            }
        }
        try #require(descriptor >= 0 && status == 0)
        return descriptor
    }

    private func receive(_ descriptor: CInt) -> String {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &bytes, bytes.count, CInt(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
