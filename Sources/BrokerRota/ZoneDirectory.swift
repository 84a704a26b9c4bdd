package import BrokerText
import BrokerCore
import Glibc

/// Why a time zone cannot be had.
package enum ZoneError: Error, Hashable, Sendable {
    /// The name could not be one of IANA's; it never reached the file system.
    case badName(String)
    /// The directory holds no file of that name.
    case unknown(String)
    /// There is no directory of zones at all.
    case noDirectory(String)
    /// The file cannot be read; with the system's error number.
    case unreadable(String, errno: Int32)
    /// The file is larger than any time zone is.
    case tooLarge(String)
    /// The file is no time zone that can be used.
    case malformed(String, TZifError)
}

/// The system's time zones: the files of the package `tzdata`, so that its updates count.
package struct ZoneDirectory: Sendable {
    /// Where Debian and every other Linux keep them.
    package static let defaultPath = "/usr/share/zoneinfo"
    /// The largest zone of tzdata has 4 KiB.
    package static let fileBytesMax = 256 << 10
    /// More than any name of IANA, and no path that a file system refuses.
    package static let nameBytesMax = 255

    package let path: String

    package init(path: String) { self.path = path }

    /// The directory that `$TZDIR` names, as for the C library; without it `defaultPath`.
    package static func system() -> ZoneDirectory {
        ZoneDirectory(tzdir: getenv("TZDIR").map { String(cString: $0) })
    }

    /// An empty variable is none.
    init(tzdir: String?) {
        path = tzdir.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultPath
    }

    /// Reads a zone, `Europe/Paris` for example.
    ///
    /// - Throws: `ZoneError`. A name that would lead out of the directory is a bad one.
    package func zone(named name: String) throws(ZoneError) -> Zone {
        guard Self.isName(name) else { throw .badName(name) }
        let bytes: [UInt8]
        switch Self.read("\(path)/\(name)", bytesMax: Self.fileBytesMax) {
        case .bytes(let found): bytes = found
        case .tooLarge: throw .tooLarge(name)
        case .notRegular: throw .unknown(name)
        case .failed(ENOENT), .failed(ENOTDIR), .failed(ENAMETOOLONG):
            var status = stat()
            throw stat(path, &status) == 0 ? .unknown(name) : .noDirectory(path)
        case .failed(let code): throw .unreadable(name, errno: code)
        }
        do throws(TZifError) {
            return try Zone(name: name, tzif: bytes)
        } catch {
            throw .malformed(name, error)
        }
    }

    /// The release of the time zone database, such as `2025b`; nil when the directory does not say.
    ///
    /// Debian has it in the first line of `tzdata.zi`, other systems in a file `+VERSION`.
    package var version: String? {
        let prefix = "# version "
        if let line = firstLine(of: "tzdata.zi"), line.hasPrefix(prefix) {
            let version = String(line.dropFirst(prefix.count))
            if Self.isVersion(version) { return version }
        }
        return firstLine(of: "+VERSION").flatMap { Self.isVersion($0) ? $0 : nil }
    }

    /// Components of letters, digits, `_`, `-`, `+` and `.`, none of them hidden or a way upwards.
    static func isName(_ name: String) -> Bool {
        guard (1...nameBytesMax).contains(name.utf8.count) else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .allSatisfy { component in
                !component.isEmpty && component.first != UInt8(ascii: ".")
                    && component.allSatisfy(isNameByte)
            }
    }

    private static func isVersion(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private func firstLine(of file: String) -> String? {
        // The first line is short; the rest of tzdata.zi, 100 KiB, is not wanted.
        guard case .bytes(let bytes) = Self.read("\(path)/\(file)", bytesMax: 64, isCut: true)
        else { return nil }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return String(validating: line, as: UTF8.self)
    }

    private enum Reading {
        case bytes([UInt8])
        case notRegular
        case tooLarge
        case failed(Int32)
    }

    /// The bytes of a regular file, of which no more than `bytesMax` are read. A longer one is cut
    /// there, or too large.
    private static func read(_ path: String, bytesMax: Int, isCut: Bool = false) -> Reading {
        // Without O_NONBLOCK the opening of a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failed(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failed(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .notRegular }

        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
            }
            if got < 0 {
                if errno == EINTR { continue }
                return .failed(errno)
            }
            if got == 0 { break }
            count += got
        }
        guard count <= bytesMax || isCut else { return .tooLarge }
        return .bytes(Array(bytes.prefix(min(count, bytesMax))))
    }
}

extension ZoneError {
    /// In English.
    package var message: String { text.english }

    /// In words that say what to do about it; names are quoted and escaped.
    package var text: Text {
        switch self {
        case .badName(let name):
            .zoneName(name.quotedVisibly())
        case .unknown(let name):
            .zoneUnknown(name.quotedVisibly())
        case .noDirectory(let path):
            .zonesMissing(path.quotedVisibly())
        case .unreadable(let name, let code):
            .zoneUnreadable(name.quotedVisibly(), Self.text(of: code))
        case .tooLarge(let name):
            .zoneTooLarge(name.quotedVisibly(), ZoneDirectory.fileBytesMax)
        case .malformed(let name, .notTZif):
            .zoneNoFile(name.quotedVisibly())
        case .malformed(let name, .leapSeconds):
            .zoneLeapSeconds(name.quotedVisibly())
        case .malformed(let name, let error):
            .zoneDamaged(name.quotedVisibly(), "\(error)")
        }
    }

    private static func text(of code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
