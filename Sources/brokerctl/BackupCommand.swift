import ArgumentParser
import BrokerAPI
import BrokerText
import Glibc
import NIOCore

struct BackupCommand: BrokerCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: Text.aboutBackup.here,
        discussion: Text.moreBackup.here)

    @Argument(help: .text(.backupFile), completion: .file())
    var file: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func execute() throws {
        let caller = connection.caller(.control)
        let target = try TemporaryFile(beside: file)
        defer { target.close() }
        let socket = caller.paths[0]
        let promise = HTTPConnection.loop.makePromise(of: Int64.self)
        HTTPConnection.loop.execute {
            let receiver = NIOLoopBound(
                BackupReceiver(target, promise: promise), eventLoop: HTTPConnection.loop)
            receiver.value.endWhenSilent()
            HTTPConnection.start(HTTPRequest(.get, ["v1", "backup"]), socket: socket) { event in
                receiver.value.receive(event)
            }
        }
        let bytes: Int64
        do {
            bytes = try promise.futureResult.wait()
            try target.commit()
        } catch {
            target.discard()
            if let failure = error as? HTTPFailure {
                throw Caller.error(failure, socket: socket)
            }
            throw error
        }
        report(bytes)
    }

    private func report(_ bytes: Int64) {
        if output.output == .table {
            return Terminal.message(.wroteBackup(bytes, to: file))
        }
        let json = JSONValue.object([
            JSONMember(name: "file", value: .string(file)),
            JSONMember(name: "bytes", value: .number(String(bytes))),
        ])
        let resource = Resource(
            listKey: nil, nameKey: "file",
            columns: [Column("FILE", "file"), Column("BYTES", "bytes", .number)])
        output.print(Document(json: json, resource: resource))
    }
}

/// Writes the answer's body to a file as it comes. Lives on the loop, which has nothing else to do.
private final class BackupReceiver {
    private let target: TemporaryFile
    private let promise: EventLoopPromise<Int64>
    private var bytes: Int64 = 0
    /// The start of an answer that is no backup, which says why.
    private var refusal: HTTPResponse?
    private var isDone = false

    private var heardAt = NIODeadline.now()

    private static let refusalBytesMax = 1 << 20
    /// As for any answer, but renewed with each piece: a backup may be long, a daemon not mute.
    private static let silenceMillisecondsMax = HTTPRequest.timeoutMillisecondsDefault

    init(_ target: TemporaryFile, promise: EventLoopPromise<Int64>) {
        self.target = target
        self.promise = promise
    }

    /// Gives up once nothing has come for too long. Called once, before the request.
    func endWhenSilent() {
        let silenceEnd = heardAt + .milliseconds(Self.silenceMillisecondsMax)
        guard NIODeadline.now() < silenceEnd else {
            return receive(.failed(.timeout(milliseconds: Self.silenceMillisecondsMax)))
        }
        let receiver = NIOLoopBound(self, eventLoop: HTTPConnection.loop)
        HTTPConnection.loop.scheduleTask(deadline: silenceEnd) { receiver.value.endWhenSilent() }
    }

    func receive(_ event: HTTPEvent) {
        guard !isDone else { return }
        // Once it is written: what the disk takes is not the daemon's silence.
        defer { heardAt = .now() }
        switch event {
        case .head(let status, let contentType):
            if status != 200 {
                refusal = HTTPResponse(status: status, contentType: contentType, body: [])
            }
        case .body(let buffer):
            if let collected = refusal?.body.count {
                guard collected < Self.refusalBytesMax else { return }
                refusal?.body += Array(buffer.readableBytesView)
                return
            }
            do {
                try buffer.withUnsafeReadableBytes { try target.write($0) }
                bytes += Int64(buffer.readableBytes)
            } catch {
                finish(.failure(error))
            }
        case .end:
            if let refusal {
                finish(.failure(CommandError.problem(refusal.problem, about: nil)))
            } else {
                finish(.success(bytes))
            }
        case .failed(let failure): finish(.failure(failure))
        }
    }

    private func finish(_ result: Result<Int64, any Error>) {
        isDone = true
        promise.completeWith(result)
    }
}

/// What a signal removes. Set once, before the first handler.
private nonisolated(unsafe) var interruptedPath: UnsafeMutablePointer<CChar>?

/// A file that takes another's place when it is whole and on disk.
///
/// Used by one thread at a time: the loop while it is written, the main thread before and after.
private final class TemporaryFile: @unchecked Sendable {
    private let path: String
    private let temporaryPath: String
    private let descriptor: Int32

    /// Throws unless the place is free or holds a regular file: by its name alone, `rename` would
    /// replace a device or a link as readily.
    init(beside path: String) throws(CommandError) {
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw .failed(.noRegularFile(path))
            }
        } else if errno != ENOENT {
            throw Files.error(path)
        }
        self.path = path
        temporaryPath = "\(path).\(getpid()).partial"
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Files.error(temporaryPath) }
        removeWhenInterrupted()
    }

    /// Whoever presses Ctrl-C finds nothing left.
    private func removeWhenInterrupted() {
        interruptedPath = strdup(temporaryPath)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number) { number in
                // Async-signal-safe calls alone.
                if let path = interruptedPath { unlink(path) }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(CommandError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = UnsafeRawBufferPointer(rebasing: rest).withMemoryRebound(to: UInt8.self) {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Files.error(temporaryPath)
            }
        }
    }

    /// On disk first, then under its name, and the name on disk last.
    func commit() throws(CommandError) {
        guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else {
            throw Files.error(path)
        }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(Substring(path.utf8[...$0])) } ?? "."
        let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folderDescriptor >= 0 else { throw Files.error(folder) }
        defer { Glibc.close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw Files.error(folder) }
    }

    /// Leaves nothing behind of what was not committed.
    func discard() { unlink(temporaryPath) }

    /// Called once, last.
    func close() { Glibc.close(descriptor) }
}
