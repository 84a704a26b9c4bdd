import BrokerStore
import Glibc

/// The newest durable revision, in a small file of its own beside the database.
///
/// SQLite's write-ahead log ends at the first frame whose checksum fails, and whatever came after
/// it is gone without a word: a flipped bit in its tail, or a log that was cut short, looks like an
/// orderly end. So each batch, once its commit has returned, is noted here as well. The note is
/// written after the commit and can never be ahead of the database, whatever crashes; a tip that is
/// ahead of it when it is opened says that acknowledged batches are lost.
///
/// Two slots, each in a block of its own, are written in turns: a torn one leaves the other, which
/// says a little less.
final class Tip {
    /// One record of the file.
    struct Slot: Equatable {
        /// Which store it belongs to, see `mark(of:)`.
        var mark: UInt64
        var revision: UInt64
    }

    /// What a state directory has for a tip.
    enum Found: Equatable {
        case missing
        /// Both slots are bad, or the file cannot be read.
        case unusable
        /// The newest whole slot, and where it lies: 0 or 1.
        case slot(Slot, position: Int)
    }

    /// Blocks of a file system are no larger where it matters, and a torn write tears one of them.
    static let slotStride = 4_096
    private static let slotCount = 2
    private static let magic = Array("brkrtip1".utf8)
    /// Magic, mark, revision, checksum.
    private static let slotBytes = 8 + 8 + 8 + 4

    private let descriptor: Int32
    private let mark: UInt64
    private var position: Int
    private(set) var revision: UInt64

    private init(descriptor: Int32, slot: Slot, position: Int) {
        self.descriptor = descriptor
        mark = slot.mark
        revision = slot.revision
        self.position = position
    }

    deinit { Glibc.close(descriptor) }

    // MARK: Opening

    /// Reads the tip of a path, without changing anything.
    static func read(_ path: String) -> Found {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT ? .missing : .unusable }
        defer { Glibc.close(descriptor) }
        var newest: (slot: Slot, position: Int)?
        for position in 0..<slotCount {
            var bytes = [UInt8](repeating: 0, count: slotBytes)
            guard pread(descriptor, &bytes, slotBytes, offset(position)) == slotBytes,
                let slot = decode(bytes), slot.revision >= newest?.slot.revision ?? 0
            else { continue }
            newest = (slot, position)
        }
        guard let newest else { return .unusable }
        return .slot(newest.slot, position: newest.position)
    }

    /// Goes on with a tip that was found; nil when it may not be written.
    static func resume(_ path: String, slot: Slot, position: Int) -> Tip? {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        return Tip(descriptor: descriptor, slot: slot, position: position)
    }

    /// Makes a tip, on disk and whole before it has its name; the caller syncs the directory.
    ///
    /// - Throws: `full` and `failed`; what was there before is there still.
    static func make(
        _ path: String, instance: String, revision: UInt64
    ) throws(StoreError) -> Tip {
        let draft = path + ".new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorePaths.error("cannot make \(draft)", errno) }
        let slot = Slot(mark: mark(of: instance), revision: revision)
        // All of it is written, so that no later write needs space.
        var bytes = encode(slot)
        bytes += [UInt8](repeating: 0, count: slotStride * slotCount - bytes.count)
        errno = 0
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0, rename(draft, path) == 0
        else {
            // A short write says nothing of its reason: there was no room for the rest.
            let number = errno == 0 ? ENOSPC : errno
            Glibc.close(descriptor)
            unlink(draft)
            throw StorePaths.error("cannot write \(draft)", number)
        }
        return Tip(descriptor: descriptor, slot: slot, position: 0)
    }

    // MARK: Writing

    /// Notes that everything up to a revision is on disk: one write to the page cache, no sync.
    ///
    /// It tries, no more. The batch is on disk and its promise kept without it; a tip that stays
    /// behind only notices a little less, and a broker that stops because of it would give up its
    /// work for the sake of the seat belt. The slot is then written again the next time, so that the
    /// other one, which is whole, stays.
    func advance(to revision: UInt64) {
        let next = (position + 1) % Self.slotCount
        let bytes = Self.encode(Slot(mark: mark, revision: revision))
        guard pwrite(descriptor, bytes, bytes.count, Self.offset(next)) == bytes.count else {
            return
        }
        position = next
        self.revision = revision
    }

    private static func offset(_ position: Int) -> off_t { off_t(position * slotStride) }

    // MARK: Bytes

    /// A store's name as a number: FNV-1a, since it is only told apart, never hidden.
    static func mark(of instance: String) -> UInt64 {
        instance.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func encode(_ slot: Slot) -> [UInt8] {
        var bytes = magic
        bytes.reserveCapacity(slotBytes)
        append(slot.mark, count: 8, to: &bytes)
        append(slot.revision, count: 8, to: &bytes)
        append(UInt64(CRC32C.of(bytes, number: slot.revision)), count: 4, to: &bytes)
        return bytes
    }

    private static func decode(_ bytes: [UInt8]) -> Slot? {
        guard bytes.starts(with: magic) else { return nil }
        let slot = Slot(mark: number(bytes[8..<16]), revision: number(bytes[16..<24]))
        return encode(slot) == bytes ? slot : nil
    }

    private static func append(_ value: UInt64, count: Int, to bytes: inout [UInt8]) {
        for shift in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (shift * 8))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// What was found of the tip when the store was opened, where that is worth a line in the log.
package enum TipNotice: Equatable, Sendable {
    /// There was none, as in a state of a former version; it is made.
    case missing
    /// It could not be read; it is made anew.
    case unusable
    /// It belonged to another store; it is made anew.
    case foreign
    /// It cannot be written, for this reason; it is tried again when there is space.
    case unwritable(String)
}

extension TipNotice {
    /// In a sentence, for the log.
    package var text: String {
        switch self {
        case .missing: "there was none, as in the state of a former version"
        case .unusable: "it was damaged or could not be read"
        case .foreign: "it belonged to another state"
        case .unwritable(let reason): reason
        }
    }
}
