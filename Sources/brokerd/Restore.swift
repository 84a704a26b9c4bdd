import ArgumentParser
import BrokerCore
import BrokerSite
import BrokerStore
import BrokerService
import BrokerStoreSQLite
import BrokerText
import Glibc

/// `brokerd restore FILE`: makes a state of a backup, or of what is left of a damaged state.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: Text.aboutRestore.here,
        discussion: Text.moreRestore.here)

    @Argument(
        help: ArgumentHelp(stringLiteral: Text.restoreFile.here))
    var file: String

    @Flag(help: ArgumentHelp(stringLiteral: Text.acceptLossOption.here))
    var acceptLoss = false

    // A `--config` of its own would stay empty: the daemon's takes it, on either side of `restore`.
    @ParentCommand private var daemon: Brokerd

    func run() throws {
        let configuration = try Checking.load(daemon.config)
        let directory = configuration.stateDirectory(environment: Environment.all)
        do {
            let source = try acceptLoss ? Source(leftIn: file) : Source(backup: file)
            try source.checkClock()
            let broker = try source.backup.state(tokensAbove: source.tokenFloor)
            try SQLiteStore.create(
                directory: directory, state: broker.image, drawInstance: Instance.draw)
            if acceptLoss { print(source.lossText.here) }
            let restored = Text.restored(
                leases: broker.leaseCount, seats: broker.seatCount, into: directory)
            print(restored.here)
        } catch let error as ClockBehind {
            StandardError.write(Text.daemon(.clockBehind(error.seconds)).here)
            throw ExitStatus.failed
        } catch let error as TextFile.Unreadable {
            StandardError.write(Text.daemon(error.text).here)
            throw ExitStatus.failed
        } catch let error as Broker.Misfit {
            StandardError.write(Text.daemon(.contradiction(error.message)).here)
            throw ExitStatus.refused
        } catch let error as StoreError {
            StandardError.write(Text.daemon(error.words).here)
            if case .inUse = error { throw ExitStatus.busy }
            throw ExitStatus.refused
        }
    }
}

/// A state to begin with, and how much is known to be missing from it.
private struct Source {
    var backup: Backup
    /// Records that were acknowledged after it, as far as anything says so.
    var lostCount: UInt64 = 0

    /// - Throws: `TextFile.Unreadable`, `StoreError.damaged`.
    init(backup file: String) throws {
        let bytes = try file == "-" ? TextFile.readStandardInput() : TextFile.read(file)
        backup = try Backup(decoding: bytes)
    }

    /// - Throws: `StoreError`.
    init(leftIn directory: String) throws(StoreError) {
        let salvage = try SQLiteStore.salvage(directory: directory)
        let image = salvage.recovery.longestWholeState.image
        backup = Backup(instance: "", image: image)
        lostCount = max(salvage.acknowledged, image.revision) - image.revision
    }

    private static var nowMilliseconds: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(max(0, now.tv_sec)) * 1_000 + UInt64(now.tv_nsec) / 1_000_000
    }

    /// Tokens are counted up from the present time, so the clock has to be right.
    ///
    /// - Throws: `ClockBehind` if the state was written later than it is now.
    func checkClock() throws(ClockBehind) {
        let lag = backup.clockLagMilliseconds(now: Self.nowMilliseconds)
        if lag > 0 { throw ClockBehind(seconds: (lag + 999) / 1_000) }
    }

    /// Above every token that the lost state can have given.
    var tokenFloor: UInt64 {
        backup.tokenFloor(now: Self.nowMilliseconds, lostCount: lostCount)
    }

    var lossText: Text {
        guard backup.image.revision > 0 else { return .nothingRead }
        return lostCount == 0
            ? .endsAtRevision(backup.image.revision)
            : .endsAtRevision(backup.image.revision, lost: lostCount)
    }
}

/// The machine's clock stands before the last change of the state.
private struct ClockBehind: Error {
    var seconds: UInt64
}

extension Recovery {
    /// The state after the last batch up to which every record fits the one before it; without a
    /// snapshot that fits, or a journal from its beginning, it is an empty one.
    fileprivate var longestWholeState: Broker {
        let start = snapshot.flatMap { try? Broker(image: $0) } ?? Broker()
        var count = tail.count
        while true {
            var broker = start
            let fitting = tail.prefix(count).prefix { batch in
                guard batch.after == broker.revision else { return false }
                for entry in batch.entries {
                    for record in entry.records {
                        guard (try? broker.apply(record, at: entry.at)) != nil else { return false }
                    }
                }
                broker.settle()
                return true
            }
            if fitting.count == count { return broker }
            // The batch that did not fit may have changed something before it failed.
            count = fitting.count
        }
    }
}
