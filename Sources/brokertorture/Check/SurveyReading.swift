/// Makes a `Survey`.
struct SurveyReading {
    private(set) var survey = Survey()
    private var clientProcess: [UInt32: Int] = [:]
    /// Calls without an answer, with the process that they went to.
    private var unknown: [(record: UInt32, process: Int?)] = []
    private var changes: [(call: Call, record: UInt32)] = []
    private var lostGrants: [(call: Call, record: UInt32)] = []
    private var seenKeys: [Int: [UInt64]] = [:]
    private var lastAnswerAt: Int64?
    private var auditedFiles: Set<Int> = []
    /// The greatest revision of the journal that was seen.
    private var journal: (revision: Int64, seenAt: Int64, record: UInt32) = (0, .min, 0)

    /// Reads everything.
    static func read(_ stream: HistoryStream, _ findings: inout Findings) throws -> Survey {
        var reading = SurveyReading()
        var found = findings
        try stream.forEach { place, event in
            switch event {
            case .clock(let at, let offset): reading.survey.clocks.append((at, offset))
            case .call(let call): reading.call(call, place, &found)
            case .audit(let audit): reading.audit(audit, place, &found)
            case .end: reading.survey.orderlyEnds += 1
            }
        }
        if reading.survey.orderlyEnds < stream.fileCount {
            found.add(.cutOff, "a history has no end: what was under way then is not in it")
        }
        findings = found
        reading.finish()
        return reading.survey
    }

    private mutating func call(_ call: Call, _ place: HistoryStream.Place, _ found: inout Findings)
    {
        survey.callCount += 1
        survey.startedAt = min(survey.startedAt, call.invokedAt)
        if call.isDone { survey.doneCount += 1 }
        if call.isUnknown {
            survey.unknownCount += 1
            unknown.append((place.number, clientProcess[place.client]))
        } else {
            answered(at: call.returnedAt)
        }
        if let process = call.process {
            seen(
                process, Interval(invokedAt: call.invokedAt, returnedAt: call.returnedAt), place,
                &found)
        }
        noteKey(call.key)
        switch call.kind {
        case .grant:
            if call.status == 201 && !call.isReplayed { survey.grantCount += 1 }
            if call.isUnknown { lostGrants.append((call, place.number)) }
        case .resize, .cordonPool, .uncordonPool, .drainPool, .cordonSeat, .uncordonSeat,
            .putGroup:
            if call.isDone || call.isUnknown { changes.append((call, place.number)) }
        case .renew, .release, .revoke, .show, .list, .status: break
        }
    }

    private mutating func noteKey(_ key: UInt64) {
        guard key != 0 else { return }
        let file = Int(key >> 40)
        let number = key & (1 << 40 - 1)
        let word = Int(number >> 6)
        var bits = seenKeys.removeValue(forKey: file) ?? []
        while bits.count <= word { bits.append(0) }
        if bits[word] & 1 << (number & 63) != 0 {
            survey.repeatedKeys.insert(key)
        } else {
            bits[word] |= 1 << (number & 63)
        }
        seenKeys[file] = bits
    }

    private mutating func audit(
        _ audit: Audit, _ place: HistoryStream.Place, _ found: inout Findings
    ) {
        seen(audit.process, audit.statusRead, place, &found)
        answered(at: audit.statusRead.returnedAt)
        defer {
            // One of some pools only does not say that a lease is nowhere.
            if audit.pools.count == survey.pools.count { survey.audits.append(audit.leasesRead) }
        }
        guard auditedFiles.insert(place.file).inserted else { return }
        survey.inherited.formUnion(audit.leases.map(\.id))
        for pool in audit.pools where survey.pools[pool.name] == nil {
            survey.pools[pool.name] = pool
            survey.sizes[pool.name] = Register(initial: pool.targetSize)
            survey.doors[pool.name] = Register(initial: pool.isOpen ? 1 : 0)
        }
        for group in audit.groups
        where reserves.updateValue(group.reserve, forKey: group.name) == nil {
            survey.reserve += group.reserve
            guard group.isWhole else { continue }
            survey.quotas[group.name] = Register(initial: group.quota < 0 ? .max : group.quota)
        }
        for seat in audit.seats where seat.isCordoned && survey.cordons[seat.name] == nil {
            survey.cordons[seat.name] = Register(initial: 1)
        }
        for seat in audit.seats { seatPools[seat.name] = seat.pool }
    }

    private var seatPools: [Name: Name] = [:]
    private var reserves: [Name: Int] = [:]

    private mutating func seen(
        _ process: ProcessFacts, _ read: Interval, _ place: HistoryStream.Place,
        _ found: inout Findings
    ) {
        // Readers see what is on disk, so what they saw once is there for ever.
        if process.revision < journal.revision && read.invokedAt > journal.seenAt {
            found.add(
                .lostChange,
                "the journal went back from \(journal.revision) to \(process.revision)",
                journal.record, place.number)
        }
        if process.revision > journal.revision {
            journal = (process.revision, read.returnedAt, place.number)
        }
        let known = survey.processes.lastIndex { $0.startedAt == process.startedAt }
        if let known {
            clientProcess[place.client] = known
            if known + 1 < survey.processes.count,
                read.invokedAt > survey.processes[known + 1].seenAt
            {
                found.add(
                    .twoProcesses, "a process answers after a later one has",
                    survey.processes[known + 1].record, place.number)
            }
            return
        }
        if let lastAnswerAt { gap(from: lastAnswerAt, to: read.returnedAt) }
        clientProcess[place.client] = survey.processes.count
        survey.processes.append(
            Survey.Process(
                startedAt: process.startedAt, seenAt: read.returnedAt, record: place.number))
    }

    private mutating func answered(at instant: Int64) {
        if let last = lastAnswerAt, instant - last > Survey.gapMicrosecondsMin {
            gap(from: last, to: instant)
        }
        lastAnswerAt = max(lastAnswerAt ?? instant, instant)
    }

    private mutating func gap(from: Int64, to: Int64) {
        guard let last = survey.gaps.last, from < last.to else {
            survey.gaps.append((from, to))
            return
        }
        survey.gaps[survey.gaps.count - 1].to = max(last.to, to)
    }

    // MARK: What follows

    private mutating func finish() {
        for (record, process) in unknown {
            guard let process, process + 1 < survey.processes.count else { continue }
            survey.unknownUntil[record] = survey.processes[process + 1].seenAt
        }
        for (call, record) in lostGrants {
            survey.lostGrants[call.holder, default: []].append(
                Survey.LostGrant(call: call, until: until(call, record), record: record))
        }
        survey.audits.sort { $0.invokedAt < $1.invokedAt }
        changes.sort { $0.call.invokedAt < $1.call.invokedAt }
        for (call, record) in changes { write(call, record) }
        noteShrinks()
        for name in Array(survey.sizes.keys) { survey.sizes[name]!.order() }
        for name in Array(survey.doors.keys) { survey.doors[name]!.order() }
        for name in Array(survey.quotas.keys) { survey.quotas[name]!.order() }
        for name in Array(survey.cordons.keys) { survey.cordons[name]!.order() }
        for name in Array(survey.drains.keys) {
            survey.drains[name] = Self.ordered(survey.drains[name]!)
        }
        for name in Array(survey.shrinks.keys) {
            survey.shrinks[name] = Self.ordered(survey.shrinks[name]!)
        }
    }

    /// By `lo`, each `hi` no less than the one before: then a search finds the first that is not over.
    private static func ordered(_ windows: [Survey.DrainWindow]) -> [Survey.DrainWindow] {
        var windows = windows.sorted { $0.lo < $1.lo }
        for index in windows.indices.dropFirst() {
            windows[index].hi = max(windows[index].hi, windows[index - 1].hi)
        }
        return windows
    }

    private func until(_ call: Call, _ record: UInt32) -> Int64 {
        call.isUnknown ? survey.unknownUntil[record] ?? .max : call.returnedAt
    }

    private mutating func write(_ call: Call, _ record: UInt32) {
        var write = Register.Write(
            value: 0, lo: call.invokedAt, hi: until(call, record), isSure: call.isDone,
            record: record)
        switch call.kind {
        case .resize:
            write.value = call.amount
            survey.sizes[call.pool]?.add(write)
        case .cordonPool: survey.doors[call.pool]?.add(write)
        case .uncordonPool:
            write.value = 1
            survey.doors[call.pool]?.add(write)
            closing(call, until: write.hi, record)
        case .drainPool:
            survey.doors[call.pool]?.add(write)
            closing(call, until: write.hi, record)
            guard call.amount >= 0 else { return }
            let end = until(call, record)
            let reopening = changes.first {
                $0.call.kind == .uncordonPool && $0.call.pool == call.pool && $0.call.isDone
                    && $0.call.invokedAt > end
            }
            survey.drains[call.pool, default: []].append(
                Survey.DrainWindow(
                    lo: call.invokedAt / 1_000 * 1_000 + Int64(call.amount) * 1_000_000,
                    hi: reopening?.call.returnedAt ?? .max))
        case .cordonSeat, .uncordonSeat:
            write.value = call.kind == .cordonSeat ? 1 : 0
            survey.cordons[call.seat, default: Register(initial: 0)].add(write)
        case .putGroup:
            write.value = call.amount < 0 ? .max : call.amount
            survey.quotas[call.group]?.add(write)
        case .grant, .renew, .release, .revoke, .show, .list, .status: break
        }
    }

    private mutating func closing(_ call: Call, until: Int64, _ record: UInt32) {
        let isSure = call.kind == .drainPool && call.isDone && call.amount >= 0
        let due = wholeMilliseconds(call.returnedAt) + Int64(call.amount) * 1_000_000
        survey.closings[call.pool, default: []].append(
            Survey.Closing(
                invokedAt: call.invokedAt, until: until, due: isSure ? due : nil, record: record))
    }

    /// A seat that goes with a shrink takes its cordon along, whenever it goes until the pool grows.
    private mutating func noteShrinks() {
        var sizes = survey.pools.mapValues(\.targetSize)
        for (call, record) in changes where call.kind == .resize {
            let size = sizes[call.pool] ?? .max
            sizes[call.pool] = call.isDone ? call.amount : max(size, call.amount)
            guard call.amount < size else { continue }
            survey.shrinks[call.pool, default: []].append(
                Survey.DrainWindow(lo: call.invokedAt, hi: until(call, record)))
            let growth = changes.first {
                $0.call.kind == .resize && $0.call.pool == call.pool && $0.call.isDone
                    && $0.call.invokedAt > call.invokedAt && $0.call.amount > call.amount
            }
            for seat in Array(survey.cordons.keys) where seatPools[seat] == call.pool {
                survey.cordons[seat]!.add(
                    Register.Write(
                        value: 0, lo: call.invokedAt, hi: growth?.call.returnedAt ?? .max,
                        isSure: false, record: record))
            }
        }
    }
}
