import BrokerCore
import Glibc
import Testing

@testable import BrokerRota

/// The bytes of a file; nil when it cannot be read.
func readFile(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let got = fread(&buffer, 1, buffer.count, file), got > 0 {
        bytes += buffer[0..<got]
    }
    return bytes
}

@Suite struct ZoneDirectoryTests {
    private func error(_ name: String, in directory: ZoneDirectory = zones) -> ZoneError? {
        do throws(ZoneError) {
            _ = try directory.zone(named: name)
            return nil
        } catch {
            return error
        }
    }

    /// A directory of its own with these files, gone afterwards.
    private func withDirectory(
        _ files: [String: [UInt8]], _ body: (ZoneDirectory) throws -> Void
    ) throws {
        var template = Array("/tmp/zones-XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            for name in files.keys { unlink("\(path)/\(name)") }
            rmdir(path)
        }
        for (name, bytes) in files {
            let file = try #require(fopen("\(path)/\(name)", "w"))
            #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
            fclose(file)
        }
        try body(ZoneDirectory(path: path))
    }

    @Test(arguments: [
        "Europe/Paris", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "Etc/UTC",
    ])
    func names(name: String) {
        #expect(error(name) == nil)
    }

    @Test(arguments: [
        "", "/", "/etc/passwd", "../../../etc/passwd", "Europe/../Europe/Paris", "Europe/./Paris",
        ".", "..", "Europe//Paris", "Europe/Paris/", "/Europe/Paris", ".hidden", "Europe/.hidden",
        "Europe/Paris\0", "Europe/Paris\n", "Europe Paris", "Europe\\Paris", "Éurope/Paris", ":UTC",
        String(repeating: "a", count: 256),
    ])
    func badNames(name: String) {
        #expect(error(name) == .badName(name))
    }

    @Test func unknownNames() {
        for name in [
            "Europe/Pari", "europe/paris", "Europe", "Europe/Paris/Paris",
            String(repeating: "a", count: 255),
        ] {
            #expect(error(name) == .unknown(name))
        }
        #expect(
            error("Europe/Paris", in: ZoneDirectory(path: "/nonexistent"))
                == .noDirectory("/nonexistent"))
        #expect(error("zone.tab") == .malformed("zone.tab", .notTZif))
    }

    @Test func filesThatAreNoZones() throws {
        let full = [UInt8](repeating: 0, count: ZoneDirectory.fileBytesMax)
        var leaping = ZoneFile()
        leaping.leapSeconds = [UInt8](repeating: 0, count: 12)
        let files = ["empty": [], "full": full, "large": full + [0], "right": leaping.bytes]
        try withDirectory(files) { directory in
            #expect(error("right", in: directory) == .malformed("right", .leapSeconds))
            #expect(error("empty", in: directory) == .malformed("empty", .notTZif))
            #expect(error("full", in: directory) == .malformed("full", .notTZif))
            #expect(error("large", in: directory) == .tooLarge("large"))
            #expect(mkfifo("\(directory.path)/pipe", 0o600) == 0)
            #expect(error("pipe", in: directory) == .unknown("pipe"))
            unlink("\(directory.path)/pipe")
        }
    }

    @Test func versions() throws {
        func version(_ files: [String: String]) throws -> String? {
            var found: String?
            try withDirectory(files.mapValues { Array($0.utf8) }) { found = $0.version }
            return found
        }
        #expect(try version([:]) == nil)
        #expect(try version(["tzdata.zi": "# version 2026b\n# more\n"]) == "2026b")
        #expect(try version(["tzdata.zi": "# version 2026b-dirty\r\n"]) == "2026b-dirty")
        #expect(try version(["+VERSION": "2026a\n"]) == "2026a")
        #expect(try version(["tzdata.zi": "# version 2026b\n", "+VERSION": "2026a\n"]) == "2026b")
        #expect(try version(["tzdata.zi": "R d 1916 o\n", "+VERSION": "2026a"]) == "2026a")
        #expect(try version(["tzdata.zi": "# version \u{1b}[31m\n"]) == nil)
        #expect(try version(["tzdata.zi": "# version \n"]) == nil)
        #expect(try version(["+VERSION": ""]) == nil)
        #expect(zones.version != nil)
    }

    @Test func theVariableWins() {
        #expect(ZoneDirectory(tzdir: nil).path == "/usr/share/zoneinfo")
        #expect(ZoneDirectory(tzdir: "").path == "/usr/share/zoneinfo")
        #expect(ZoneDirectory(tzdir: "/srv/zones").path == "/srv/zones")
    }

    @Test func messages() {
        #expect(
            ZoneError.unknown("Europe/Pari").message
                == "there is no time zone \"Europe/Pari\": timedatectl list-timezones shows all")
        #expect(ZoneError.badName("\u{1b}[2J").message.contains("\\u{1b}"))
        #expect(ZoneError.unreadable("UTC", errno: EACCES).message.hasSuffix("Permission denied"))
        #expect(ZoneError.malformed("UTC", .footerDisagrees).message.contains("(footerDisagrees)"))
    }
}
