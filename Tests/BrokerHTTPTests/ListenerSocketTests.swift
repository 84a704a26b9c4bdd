import Glibc
import Testing

@testable import BrokerHTTP

@Suite struct ListenerSocketTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = TestServer.makeFolder()
        defer {
            for name in ["socket", "sub/socket", "file"] { unlink("\(folder)/\(name)") }
            rmdir("\(folder)/sub")
            rmdir(folder)
        }
        try body(folder)
    }

    private func mode(_ path: String) -> (type: mode_t, permissions: mode_t, gid: gid_t) {
        var now = stat()
        lstat(path, &now)
        return (now.st_mode & S_IFMT, now.st_mode & 0o7777, now.st_gid)
    }

    @Test func makesFolderAndSocketWithModeAndGroup() throws {
        try inFolder { folder in
            let path = folder + "/sub/socket"
            let former = umask(0o077)
            let socket = try ListenerSocket.unix(
                kind: .control, path: path, mode: 0o660, groupID: getuid() == 0 ? 4 : nil)
            umask(former)
            defer { close(socket.descriptor) }
            #expect(mode(path).type == S_IFSOCK)
            #expect(mode(path).permissions == 0o660)
            if getuid() == 0 { #expect(mode(path).gid == 4) }
            #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
            _ = try RawClient(path: path)
            socket.removeFile()
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test func aStaleSocketIsReplaced() throws {
        try inFolder { folder in
            let path = folder + "/socket"
            let stale = try ListenerSocket.unix(kind: .agent, path: path, mode: 0o666, groupID: nil)
            close(stale.descriptor)
            let fresh = try ListenerSocket.unix(kind: .agent, path: path, mode: 0o666, groupID: nil)
            defer { close(fresh.descriptor) }
            _ = try RawClient(path: path)
            // The former owner must not remove its successor's file.
            stale.removeFile()
            _ = try RawClient(path: path)
        }
    }

    @Test func aLivingServerIsLeftAlone() throws {
        try inFolder { folder in
            let path = folder + "/socket"
            let first = try ListenerSocket.unix(kind: .agent, path: path, mode: 0o666, groupID: nil)
            defer { close(first.descriptor) }
            #expect(throws: ListenerError.inUse(path: path)) {
                try ListenerSocket.unix(kind: .agent, path: path, mode: 0o666, groupID: nil)
            }
            _ = try RawClient(path: path)
        }
    }

    @Test func whatIsNoSocketIsLeftAlone() throws {
        try inFolder { folder in
            let path = folder + "/file"
            let file = open(path, O_CREAT | O_WRONLY, 0o600)
            write(file, "precious", 8)
            close(file)
            #expect(throws: ListenerError.notASocket(path: path)) {
                try ListenerSocket.unix(kind: .agent, path: path, mode: 0o666, groupID: nil)
            }
            var now = stat()
            lstat(path, &now)
            #expect(now.st_size == 8)
            unlink(path)
            symlink("/nowhere", path)
            #expect(throws: ListenerError.notASocket(path: path)) {
                try ListenerSocket.unix(kind: .agent, path: path, mode: 0o666, groupID: nil)
            }
        }
    }

    @Test func pathLength() throws {
        try inFolder { folder in
            let fits = folder + "/" + String(repeating: "x", count: 107 - folder.utf8.count - 1)
            let socket = try ListenerSocket.unix(
                kind: .agent, path: fits, mode: 0o600, groupID: nil)
            _ = try RawClient(path: fits)
            socket.removeFile()
            close(socket.descriptor)
            #expect(throws: ListenerError.pathTooLong(path: fits + "x", bytes: 108)) {
                try ListenerSocket.unix(kind: .agent, path: fits + "x", mode: 0o600, groupID: nil)
            }
        }
    }

    @Test(arguments: ["127.0.0.1:0", "127.1.2.3:0", "[::1]:0"])
    func loopback(address: String) throws {
        let socket = try ListenerSocket.loopbackTCP(kind: .monitoring, address: address)
        defer { close(socket.descriptor) }
        #expect(!socket.isUnix)
        #expect(socket.address.hasPrefix(address.dropLast(1)))
        #expect(!socket.address.hasSuffix(":0"))
        #expect(socket.file == nil)
        let inherited = try ListenerSocket.inherited(
            kind: .monitoring, descriptor: socket.descriptor)
        #expect(inherited.address == socket.address)
        #expect(throws: ListenerError.tcpNotAllowed(.agent)) {
            try ListenerSocket.inherited(kind: .agent, descriptor: socket.descriptor)
        }
    }

    @Test(arguments: [
        "0.0.0.0:1", "192.0.2.1:1", "[::]:1", "[2001:db8::1]:1", "[::ffff:127.0.0.1]:1",
    ])
    func notLoopback(address: String) {
        #expect(throws: ListenerError.notLoopback(address)) {
            try ListenerSocket.loopbackTCP(kind: .monitoring, address: address)
        }
    }

    @Test(arguments: [
        "", "9470", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "localhost:1", "::1:x", "[::1]",
    ])
    func malformed(address: String) {
        #expect(throws: ListenerError.malformedAddress(address)) {
            try ListenerSocket.loopbackTCP(kind: .monitoring, address: address)
        }
    }

    @Test func onlyMonitoringIsTCP() {
        #expect(throws: ListenerError.tcpNotAllowed(.control)) {
            try ListenerSocket.loopbackTCP(kind: .control, address: "127.0.0.1:0")
        }
    }

    @Test func anInheritedDescriptorMustListen() throws {
        let plain = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(plain) }
        #expect(throws: ListenerError.notListening(descriptor: plain)) {
            try ListenerSocket.inherited(kind: .agent, descriptor: plain)
        }
        #expect(throws: ListenerError.notListening(descriptor: -1)) {
            try ListenerSocket.inherited(kind: .agent, descriptor: -1)
        }
    }

    @Test func credentialsOfOurselves() throws {
        var pair: [CInt] = [0, 0]
        socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair)
        defer { for descriptor in pair { close(descriptor) } }
        let peer = try PeerCredentials.ofPeer(descriptor: pair[0])
        var groups = [gid_t](repeating: 0, count: 1_024)
        let count = getgroups(1_024, &groups)
        #expect(peer.uid == geteuid())
        #expect(peer.pid == getpid())
        #expect(Set(peer.groups) == Set(groups.prefix(Int(count))).union([getegid()]))
        #expect(throws: PeerCredentialsError.self) { try PeerCredentials.ofPeer(descriptor: -1) }
        let tcp = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(tcp) }
        #expect(throws: PeerCredentialsError.self) { try PeerCredentials.ofPeer(descriptor: tcp) }
    }
}
