import BrokerHistory
import BrokerHistorySQLite
import GRDB
import Glibc
import Testing

/// Of histories that are not whole the one is kept that is worth most.
@Suite struct AsideTests {
    private let folder = Folder()
    private var aside: String { folder.database + ".damaged" }

    /// A history whose items begin on a day, in the folder; nil: nothing that can be read.
    private func put(_ day: Int64?) throws {
        guard let day else {
            touch(folder.database, "nothing at all")
            return
        }
        let house = House()
        try house.live()
        let history = try HistoryDatabase(path: folder.database)
        try history.begin(instance: "name", revision: 0, leases: [], usage: [])
        var rows = try house.rows()
        for index in rows.items.indices {
            rows.items[index].at += day * House.dayMilliseconds
        }
        try history.write(rows, through: house.revision)
        history.close()
    }

    private func day(_ path: String) throws -> Int64? {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        let at = try queue.read { try Int64.fetchOne($0, sql: "SELECT min(at) FROM audit") }
        return at.map { ($0 - House.start) / House.dayMilliseconds }
    }

    private func touch(_ path: String, _ text: String = "") {
        let file = fopen(path, "w")
        if let file {
            fputs(text, file)
            fclose(file)
        }
    }

    private func clear() {
        for suffix in HistoryDatabase.suffixes { unlink(aside + suffix) }
    }

    @Test func theOneThatBeginsEarliestIsKept() throws {
        defer { clear() }
        for (put, kept) in [
            (nil, nil), (40, 40), (30, 30), (60, 30), (nil, 30), (30, 30), (0, 0), (1, 0),
        ] as [(Int64?, Int64?)] {
            try self.put(put)
            #expect(try HistoryDatabase.moveAside(folder.database) == aside)
            for suffix in HistoryDatabase.suffixes {
                #expect(access(folder.database + suffix, F_OK) != 0)
            }
            if let kept { #expect(try day(aside) == kept) }
            #expect(access(aside, F_OK) == 0)
        }
    }

    /// Nothing of an earlier log stays beside another's database, and a log goes first.
    @Test func logsStayWithTheirDatabases() throws {
        defer { clear() }
        try put(3)
        touch(folder.database + "-wal")
        _ = try HistoryDatabase.moveAside(folder.database)
        // As after a crash between the two: the log lies aside alone, and the database is used on.
        #expect(rename(aside, folder.database) == 0)
        touch(aside + "-wal")
        _ = try HistoryDatabase.moveAside(folder.database)
        #expect(access(aside + "-wal", F_OK) != 0)
        #expect(try day(aside) == 3)
        // What cannot be renamed is where it was, with its log.
        try put(2)
        clear()
        touch(folder.database + "-wal")
        #expect(mkdir(aside + "-wal", 0o700) == 0)
        defer { rmdir(aside + "-wal") }
        #expect(throws: HistoryError.self) { try HistoryDatabase.moveAside(folder.database) }
        #expect(access(folder.database, F_OK) == 0)
        #expect(access(folder.database + "-wal", F_OK) == 0)
    }
}
