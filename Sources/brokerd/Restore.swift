import ArgumentParser
import BrokerCore
import BrokerSite
import BrokerStore
import BrokerService
import BrokerStoreSQLite
import Glibc

/// `brokerd restore FILE`: makes a state of a backup.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes the state directory anew from a backup, while no daemon runs.",
        discussion: """
            Refused while a brokerd has the directory, and where there is a state already: move it \
            aside first. Every fencing token is raised to at least the present time, so none that \
            was given after the backup is ever given again.
            """)

    @Argument(help: "A file that brokerctl backup has written; - reads it from standard input.")
    var file: String

    // A `--config` of its own would stay empty: the daemon's takes it, on either side of `restore`.
    @ParentCommand private var daemon: Brokerd

    func run() throws {
        let configuration = try Checking.load(daemon.config)
        let directory = configuration.stateDirectory(environment: Environment.all)
        do {
            let bytes = try file == "-" ? TextFile.readStandardInput() : TextFile.read(file)
            let backup = try Backup(decoding: bytes)
            var broker = try Broker(image: backup.image)
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let milliseconds = Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
            broker.raiseTokens(toUnixMilliseconds: milliseconds)
            try SQLiteStore.create(
                directory: directory, state: broker.image, drawInstance: Instance.draw)
            print(
                """
                restored \(broker.leaseCount) leases on \(broker.seatCount) seats into \(directory)
                start brokerd as the user who owns that directory
                """)
        } catch let error as TextFile.Unreadable {
            StandardError.write("brokerd: \(error.message)")
            throw ExitStatus.failed
        } catch let error as Broker.Misfit {
            StandardError.write("brokerd: the backup contradicts itself: \(error.message)")
            throw ExitStatus.refused
        } catch let error as StoreError {
            StandardError.write("brokerd: \(error.text)")
            if case .inUse = error { throw ExitStatus.busy }
            throw ExitStatus.refused
        }
    }
}

extension Broker {
    /// Lifts every fencing token to the present time: what the lost state may have given since the
    /// backup was counted up from below it.
    fileprivate mutating func raiseTokens(toUnixMilliseconds now: Int64) {
        do throws(Refusal) {
            _ = try decide(.raiseTokenFloor(UInt64(max(0, now))), by: .system, at: latest)
        } catch {
            preconditionFailure("raising tokens is never refused")
        }
        _ = takePending()
    }
}
