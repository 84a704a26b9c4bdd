package import BrokerCore

/// The site file: pools, groups and their rota as TOML.
///
/// Reading is strict: what is unknown, misspelt, given twice or of the wrong type is refused with
/// its line and column, and never ignored.
package enum SiteFile {
    /// The longest text that is read. A site by hand is a tenth of this.
    package static let bytesMax = SourceText.bytesMax

    /// The site that the text describes, checked whole.
    ///
    /// An empty text is an empty site. `file` only labels the error. Throws all mistakes that can
    /// be told apart: those of syntax first, alone; then those of keys and types together with what
    /// is wrong with pools that read well; then those against the rules of a site.
    package static func parse(
        _ text: String, file: String? = nil
    ) throws(SiteFileError) -> SiteSpec {
        try parse(bytes: Array(text.utf8), file: file)
    }

    package static func parse(
        bytes: [UInt8], file: String? = nil
    ) throws(SiteFileError) -> SiteSpec {
        let root = try SourceText.read(bytes, file: file)
        var decoder = SiteDecoder()
        let spec = decoder.decode(root)
        let mistakes =
            decoder.mistakes
            + decoder.problems(spec).map { Mistake(decoder.position($0.place), $0.text) }
        guard mistakes.isEmpty else { throw SiteFileError(file: file, mistakes) }
        return spec
    }

    /// What turned out to be wrong with a site that was read of this text, with lines and columns:
    /// for what the text alone does not tell, such as a time zone that the machine does not have.
    ///
    /// - Parameter problems: at least one. Places that the text does not have are shown at its start.
    package static func error(
        _ problems: [SiteProblem], in bytes: [UInt8], file: String? = nil
    ) -> SiteFileError {
        var decoder = SiteDecoder()
        if let root = try? SourceText.read(bytes, file: file) { _ = decoder.decode(root) }
        return SiteFileError(
            file: file, problems.map { Mistake(decoder.position($0.place), $0.text) })
    }
}

/// Turns tables into a site, and keeps them to tell the places of problems.
private struct SiteDecoder {
    private(set) var mistakes: [Mistake] = []
    private var pools: [(table: TOMLTable, isClean: Bool)] = []
    private var seats: [[TOMLTable]] = []
    private var groups: [TOMLTable] = []
    private var rota: RotaDecoder?

    mutating func decode(_ root: TOMLTable) -> SiteSpec {
        var reader = TableReader(root)
        let poolTables = reader.tables("pool")
        let groupTables = reader.tables("group")
        let rotaTable = reader.table("rota")
        reader.finish()
        mistakes += reader.mistakes
        let pools = poolTables.map { pool($0) }
        let groups = groupTables.map { group($0) }
        return SiteSpec(pools: pools, groups: groups, rota: rotaTable.flatMap { rota($0) })
    }

    /// Nil after a mistake.
    private mutating func rota(_ table: TOMLTable) -> RotaSpec? {
        var decoder = RotaDecoder(table)
        let spec = decoder.decode()
        mistakes += decoder.mistakes
        rota = decoder
        return spec
    }

    // MARK: Pools

    private mutating func pool(_ table: TOMLTable) -> PoolSpec {
        var reader = TableReader(table)
        reader.require("name", .everyPool)
        let name = reader.string("name") ?? ""
        let listed = self.listed(&reader)
        let size = self.size(&reader, listed: listed)
        readDriver(&reader)
        // The default follows a lower maximum, so that the maximum alone can be set.
        let ttlMost =
            reader.integer("lease_ttl_max_seconds") ?? PoolSpec.leaseTTLSecondsMaxDefault
        let pool = PoolSpec(
            name: PoolName(name), size: size, seatName: reader.string("seat_name"),
            seatHost: reader.string("seat_host"), seatURL: reader.string("seat_url"),
            port: reader.integer("port"), seatProtocol: seatProtocol(&reader),
            leaseTTLSeconds: reader.integer("lease_ttl_seconds")
                ?? SiteFile.leaseTTLSecondsDefault(most: ttlMost),
            leaseTTLSecondsMax: ttlMost, listed: listed)
        reader.finish()
        mistakes += reader.mistakes
        pools.append((table, reader.mistakes.isEmpty))
        return pool
    }

    private func size(_ reader: inout TableReader, listed: [ListedSeat]) -> Int {
        guard reader.table["size"] != nil || reader.table["seats"] != nil else {
            _ = reader.node("size")
            reader.require("size", .giveSize)
            return 0
        }
        return reader.integer("size") ?? listed.count
    }

    private func readDriver(_ reader: inout TableReader) {
        switch reader.string("driver") {
        case nil, "none": break
        case "seats":
            reader.note(
                "driver", .driverSeats)
        case let other?:
            reader.note(
                "driver", .unknownDriver(other.quotedVisibly()))
        }
    }

    private func seatProtocol(_ reader: inout TableReader) -> SeatProtocol {
        guard let text = reader.string("protocol") else { return .rdp }
        guard let known = SeatProtocol(rawValue: text) else {
            let all = SeatProtocol.allCases.map(\.rawValue).joined(separator: ", ")
            reader.note(
                "protocol", .unknownProtocol(text.quotedVisibly(), all))
            return .rdp
        }
        return known
    }

    private mutating func listed(_ reader: inout TableReader) -> [ListedSeat] {
        let tables = reader.tables("seats")
        seats.append(tables)
        return tables.map { table in
            var seat = TableReader(table)
            seat.require("name", .everySeat)
            let spec = ListedSeat(
                name: SeatName(seat.string("name") ?? ""), host: seat.string("host"),
                port: seat.integer("port"), url: seat.string("url"),
                keptFor: seat.string("agent").map { HolderName($0) })
            seat.finish()
            reader.note(contentsOf: seat.mistakes)
            return spec
        }
    }

    // MARK: Groups

    private mutating func group(_ table: TOMLTable) -> GroupSpec {
        var reader = TableReader(table)
        reader.require("name", .everyGroup)
        reader.require("members", .listMembers)
        reader.require("pools", .listPools)
        let name = reader.string("name") ?? ""
        let members = self.members(&reader)
        let pools = (reader.strings("pools") ?? []).map { PoolName($0) }
        let group = GroupSpec(
            name: GroupName(name), members: members, pools: pools, quota: reader.integer("quota"),
            reserve: reserve(&reader, pools: pools), slots: reader.strings("slots"))
        reader.finish()
        mistakes += reader.mistakes
        groups.append(table)
        return group
    }

    private func members(_ reader: inout TableReader) -> [Member] {
        guard let elements = reader.array("members") else { return [] }
        return elements.compactMap { element in
            guard let text = reader.string(element, of: "members") else { return nil }
            guard let member = Member(text: text) else {
                reader.note(
                    element.position, .memberMissing)
                return nil
            }
            return member
        }
    }

    /// A number for the only pool, or an inline table with a number for each pool.
    private func reserve(_ reader: inout TableReader, pools: [PoolName]) -> [GroupSpec.Reserve] {
        guard let node = reader.node("reserve") else { return [] }
        switch node.value {
        case .integer(let seats):
            guard pools.count == 1 else {
                reader.note(
                    "reserve",
                    .reserveWhere(pools.count))
                return []
            }
            return [GroupSpec.Reserve(pool: pools[0], seats: Int(seats))]
        case .table(let table):
            var inner = TableReader(table)
            let reserves = table.entries.compactMap { entry in
                inner.integer(entry.key).map {
                    GroupSpec.Reserve(pool: PoolName(entry.key), seats: $0)
                }
            }
            reader.note(contentsOf: inner.mistakes)
            return reserves
        case .string, .float, .boolean, .date, .dateTime, .array:
            reader.note(
                "reserve",
                .reserveKind(node.kind))
            return []
        }
    }

    // MARK: Problems

    /// What is wrong by the rules of a site. Where keys or types are wrong, only the pools that
    /// read well are looked at: the rest would be complaints about what could not be read.
    func problems(_ spec: SiteSpec) -> [SiteProblem] {
        if mistakes.isEmpty { return spec.problems() }
        return spec.pools.indices.filter { pools[$0].isClean }.flatMap { position in
            spec.pools[position].problems().map { problem in
                SiteProblem(problem.place.moved(toPool: position), problem.text)
            }
        }
    }

    /// The offending value; where there is none, the table in which it should stand, or the start of
    /// the text.
    func position(_ place: SitePlace) -> SourcePosition {
        let table: TOMLTable?
        switch place.item {
        case .pool(let position): table = pools.element(position)?.table
        case .seat(let pool, let position): table = seats.element(pool)?.element(position)
        case .group(let position): table = groups.element(position)
        case .rota(let place): return rota?.position(place) ?? .start
        }
        guard let table else { return .start }
        guard let key = place.key, let node = table[key.rawValue]?.node else {
            return table.position
        }
        return node.position(ofElement: place.element)
    }
}

extension SiteFile {
    /// The time to live of a lease where the pool names none: a working day, or less where its
    /// maximum is lower.
    package static func leaseTTLSecondsDefault(most: Int) -> Int {
        min(PoolSpec.leaseTTLSecondsDefault, most)
    }
}

extension SitePlace {
    fileprivate func moved(toPool pool: Int) -> SitePlace {
        switch item {
        case .pool: SitePlace(.pool(pool), key, element: element)
        case .seat(_, let seat): SitePlace(.seat(pool: pool, seat), key, element: element)
        case .group, .rota: self
        }
    }
}
