import ArgumentParser
import BrokerAPI
import BrokerCore
import BrokerEngine
import BrokerHTTP
import BrokerService
import BrokerSite
import BrokerStore
import BrokerStoreSQLite
import BrokerSystemd
import Logging

/// All that the daemon logs, in one place: the messages are constant, each has an identifier that
/// never changes, and what varies goes into fields.
struct BrokerLog: Sendable {
    private let logger = Logger(label: "brokerd") { label in
        JournalLogHandler(label: label, output: JournalLogHandler.detectOutput())
    }

    private func write(
        _ level: Logger.Level, _ id: MessageID, _ message: Logger.Message,
        _ fields: [String: String] = [:]
    ) {
        var metadata: Logger.Metadata = ["message_id": "\(id.rawValue)"]
        for (name, value) in fields { metadata[name] = "\(value)" }
        logger.log(level: level, message, metadata: metadata)
    }

    // MARK: Start and stop

    func ready() { write(.info, .ready, "ready", ["version": BrokerVersion.text]) }
    func stopping() { write(.info, .stopping, "stopping") }
    func stopped() { write(.info, .stopped, "stopped") }

    func listening(_ socket: ListenerSocket) {
        write(
            .info, .listening, "listening",
            ["listener": socket.kind.rawValue, "address": socket.address])
    }

    func unknownSocket(_ name: String) {
        write(
            .warning, .unknownSocket, "systemd passed a socket of an unknown name; it is closed",
            ["name": name])
    }

    func noControlGroup(_ group: UnixGroupReference) {
        let name =
            switch group {
            case .name(let name): name
            case .id(let number): "\(number)"
            }
        write(
            .warning, .noControlGroup,
            "the group of the control socket does not exist; only root and this user reach it",
            ["group": name])
    }

    func listenerFailed(_ reason: String) -> ExitCode {
        write(.critical, .listenerFailed, "a socket could not be opened", ["reason": reason])
        return ExitStatus.failed
    }

    // MARK: State

    /// - Returns: how to end, after telling what is wrong and the way out.
    func stateRefused(_ error: StoreError, directory: String) -> ExitCode {
        let fields = ["directory": directory, "reason": error.text]
        switch error {
        case .damaged:
            write(
                .critical, .stateDamaged,
                """
                the state is damaged and was left as it is; move the directory aside and restore \
                a backup: brokerd restore FILE
                """, fields)
            return ExitStatus.refused
        case .tooNew:
            write(
                .critical, .stateTooNew,
                """
                the state was written by a later version and was left as it is; install that \
                version again, or restore a backup of this one: brokerd restore FILE
                """, fields)
            return ExitStatus.refused
        case .tooOld:
            write(
                .critical, .stateTooOld,
                """
                the state was written by an earlier version, in a form that is not read any more, \
                and was left as it is; write its site down with that version (brokerctl site \
                export), move the directory aside and begin anew with higher tokens: \
                brokerd restore --accept-loss DIRECTORY
                """, fields)
            return ExitStatus.refused
        case .inUse:
            write(
                .critical, .stateInUse,
                "another brokerd has the state; stop it, or give this one a state_dir of its own",
                fields)
            return ExitStatus.busy
        case .full:
            write(
                .critical, .stateFailed, "the state could not be opened: the disk is full", fields)
            return ExitStatus.failed
        case .failed, .outOfOrder:
            write(.critical, .stateFailed, "the state could not be opened", fields)
            return ExitStatus.failed
        }
    }

    func tip(_ notice: TipNotice) {
        let fields = ["reason": notice.text]
        switch notice {
        case .missing:
            write(.notice, .tipMade, "the note of the newest revision was made", fields)
        case .unusable, .foreign:
            write(
                .warning, .tipMade,
                """
                the note of the newest revision was made anew; whether the state is missing its \
                newest records could not be checked
                """, fields)
        case .unwritable:
            write(
                .warning, .tipMade,
                """
                the note of the newest revision cannot be written; should the disk lose records, \
                the next start may not notice
                """, fields)
        }
    }

    func siteRefused(_ refusal: Refusal, file: String) -> ExitCode {
        write(
            .critical, .siteRefused, "the site file was refused; nothing was applied",
            ["file": file, "reason": Self.text(refusal)])
        return ExitStatus.refused
    }

    /// Why a first site was refused, in a sentence.
    private static func text(_ refusal: Refusal) -> String {
        switch refusal {
        case .seatLimit(let limit, let total):
            "its pools have \(total) seats, and broker.seat_limit is \(limit)"
        case .invalid(let problems): problems.map(\.message).joined(separator: " ")
        case .reservesCollide(_, let shortfall):
            "groups that are in turn together reserve \(shortfall.quotas) seats of "
                + "\(shortfall.seats): \(shortfall.groups.map(\.value).joined(separator: ", "))"
        case .seatNameTaken(let seat, let pool):
            "seat \(seat.value) is in pool \(pool.value) already"
        case .grant, .notEntitled, .noSuchPool, .noSuchGroup, .noSuchSeat, .noSuchLease,
            .leaseEnded, .notYours, .revisionMismatch, .keyReused, .poolExists, .poolInUse,
            .belowListed, .placeTaken, .noWindow:
            // None of them can meet a site in a state that has none.
            "\(refusal)"
        }
    }

    func storeFailed(_ reason: String) {
        write(
            .critical, .storeFailed,
            """
            what is on disk is not known any more; ending without an answer, to read it back at \
            the next start
            """, ["reason": reason])
    }

    // MARK: Reload

    func reloaded(_ change: ConfigurationChange) {
        write(
            .notice, .reloaded, "the configuration was read again",
            [
                "changed": change.changed.joined(separator: " "),
                "needs_restart": change.needsRestart.joined(separator: " "),
            ])
    }

    func reloadRefused(_ reason: String) {
        write(
            .error, .reloadRefused, "the configuration was refused; the former one stays in force",
            ["reason": reason])
    }

    // MARK: At work

    func note(_ note: ServiceNote) {
        switch note {
        case .recovered(let revision, let leases, let milliseconds):
            write(
                .info, .recovered, "the state was read",
                [
                    "revision": "\(revision)", "leases": "\(leases)",
                    "milliseconds": "\(milliseconds)",
                ])
        case .changed(let actor, let verb, let what):
            write(
                .notice, .changed, "changed",
                ["actor": actor.name, "uid": "\(actor.uid)", "verb": verb, "what": what])
        case .writer(let note): writer(note)
        case .history(let note): history(note)
        }
    }

    private func history(_ note: HistoryNote) {
        switch note {
        case .failed(let reason):
            write(
                .warning, .historyFailed,
                "the history takes nothing for now; the broker serves on", ["reason": reason])
        case .recovered: write(.notice, .historyRecovered, "the history goes on")
        case .rebuilding(let reason, let aside):
            write(
                .warning, .historyRebuilt,
                """
                the history was not whole and is made of the journal again; what lies aside has \
                names of people, and has to be removed by hand
                """,
                ["reason": reason, "aside": aside])
        case .head(let head):
            write(
                .notice, .historyHead,
                "the audit ends here; brokerctl audit verify --head finds any edit before it",
                ["head": head])
        case .retentionFailed(let reason):
            write(
                .warning, .historyRetentionFailed,
                "what is too old could not be taken out of the history", ["reason": reason])
        }
    }

    private func writer(_ note: WriterNote) {
        switch note {
        case .lowOnSpace:
            write(
                .error, .lowOnSpace,
                "the disk is full: leases can be released, and nothing else until there is space")
        case .spaceRestored:
            write(.notice, .spaceRestored, "there is space again: everything is served")
        case .clockStepped(let milliseconds):
            write(
                .warning, .clockStepped,
                "the wall clock was set; leases keep their length, windows follow the clock",
                ["milliseconds": "\(milliseconds)"])
        case .windowsFailed(let reason):
            write(
                .warning, .windowsFailed,
                "the windows of the rota could not be worked out; those that are known hold",
                ["reason": reason])
        case .snapshotFailed(let reason):
            write(
                .warning, .snapshotFailed, "a snapshot was not written; the journal stands",
                ["reason": reason])
        }
    }

    func transport(_ notice: TransportNotice) {
        switch notice {
        case .acceptPaused(let listener, let code):
            write(
                .error, .acceptPaused, "no new connections for a moment: descriptors ran out",
                ["listener": listener.rawValue, "errno": "\(code)"])
        case .listenerLost(let listener):
            write(
                .critical, .listenerFailed, "a listening socket was lost",
                ["listener": listener.rawValue])
        case .stopCutShort(let listener):
            write(
                .warning, .stopCutShort, "requests were still under way at the end and were cut",
                ["listener": listener.rawValue])
        }
    }
}

/// The identifiers of messages, for `journalctl MESSAGE_ID=`. One that was released never changes
/// its meaning, and none is used twice.
enum MessageID: String, CaseIterable {
    case ready = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a01"
    case stopping = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a02"
    case stopped = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a03"
    case listening = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a04"
    case unknownSocket = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a05"
    case noControlGroup = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a06"
    case listenerFailed = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a07"
    case stateDamaged = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a10"
    case stateTooNew = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a11"
    case stateInUse = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a12"
    case stateFailed = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a13"
    case siteRefused = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a14"
    case stateTooOld = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a16"
    case storeFailed = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a15"
    case reloaded = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a20"
    case reloadRefused = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a21"
    case recovered = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a30"
    case changed = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a31"
    case lowOnSpace = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a32"
    case spaceRestored = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a33"
    case clockStepped = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a34"
    case snapshotFailed = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a35"
    case windowsFailed = "8d0f1f8c4f3e4a3f9a5b6b0f2c7d9e14"
    case historyFailed = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a50"
    case historyRecovered = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a51"
    case historyRebuilt = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a52"
    case historyHead = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a53"
    case historyRetentionFailed = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a54"
    case tipMade = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a36"
    case acceptPaused = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a40"
    case stopCutShort = "5c1a4d0e7b7f4a53a0c5e2b9d3f10a41"
}
