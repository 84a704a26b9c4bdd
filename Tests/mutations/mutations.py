"""The list of planted bugs: each is one change of the code that somebody could make by mistake.

`old` must stand exactly once in the file. `by` says what should catch it, in the order in which it
is tried: "sim" is brokersim, "unit:FILTER" a part of the unit tests, "e2e:NAME" and
"torture:NAME" real processes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    name: str
    file: str
    old: str
    new: str
    by: tuple[str, ...] = ("sim",)


CORE = "Sources/BrokerCore/"
ENGINE = "Sources/BrokerEngine/"
STORE = "Sources/BrokerStore/"
SQLITE = "Sources/BrokerStoreSQLite/"
SERVICE = "Sources/BrokerService/"
HTTP = "Sources/BrokerHTTP/"
HISTORY = "Sources/BrokerHistory/"
BY_UNIT_TESTS = ("unit:BrokerCoreTests", "unit:BrokerStoreTests")

MUTATIONS = [
    # Grants.
    Mutation(
        "quota-off-by-one", CORE + "Broker+Grant.swift",
        "groups[Int(pair.group)]!.used >= quota", "groups[Int(pair.group)]!.used > quota"),
    Mutation(
        "reserve-ignored", CORE + "Broker+Grant.swift",
        "guard pools[index]!.free.count > reservedByOthers(pair) else { return nil }",
        "guard pools[index]!.free.count > 0 else { return nil }"),
    Mutation(
        "reserve-off-by-one", CORE + "Broker+Grant.swift",
        "guard pools[index]!.free.count > reservedByOthers(pair) else { return nil }",
        "guard pools[index]!.free.count >= max(1, reservedByOthers(pair)) else { return nil }"),
    Mutation(
        "own-reserve-counts-against-oneself", CORE + "Broker+Grant.swift",
        "where reserve.group != pair.group && groups[Int(reserve.group)]!.isOpen {",
        "where groups[Int(reserve.group)]!.isOpen {"),
    Mutation(
        "reserve-not-met-by-use", CORE + "Broker+Grant.swift",
        "reserved += max(0, reserve.seats - groups[Int(reserve.group)]!.used(in: pair.pool))",
        "reserved += reserve.seats"),
    Mutation(
        "a-draining-pool-gives", CORE + "Broker+Grant.swift",
        "isOpen, pools[index]!.mode.kind == .open else { return nil }",
        "isOpen, pools[index]!.mode.kind != .cordoned else { return nil }"),
    Mutation(
        "the-last-seat-is-forgotten", CORE + "Broker+Grant.swift",
        "seat.pool == pair.pool, seat.isAvailable, seat.keptFor == nil",
        "seat.pool == pair.pool, seat.isAvailable, seat.keptFor == nil, seat.token == 0"),
    Mutation(
        "the-last-seat-though-it-is-leased", CORE + "Broker+Grant.swift",
        "seat.pool == pair.pool, seat.isAvailable, seat.keptFor == nil",
        "seat.pool == pair.pool, seat.cordon == nil, seat.keptFor == nil"),
    Mutation(
        "a-kept-seat-for-anybody-who-had-it", CORE + "Broker+Grant.swift",
        "seat.pool == pair.pool, seat.isAvailable, seat.keptFor == nil",
        "seat.pool == pair.pool, seat.isAvailable"),
    Mutation(
        "ttl-not-clamped", CORE + "Broker+Grant.swift",
        "max(1, min(asked ?? usual, leaseTTLSecondsMax))",
        "max(1, asked ?? min(usual, leaseTTLSecondsMax))"),
    Mutation(
        "any-lease-answers-for-any-pool", CORE + "Broker+Grant.swift",
        "return held.first { pools[Int(leases[Int($0)]!.pool)]!.spec.name == pool }",
        "return held.first { pools[Int(leases[Int($0)]!.pool)]!.spec.name == pool } ?? held.first"),
    Mutation(
        "groups-in-the-order-of-membership", CORE + "Broker+Grant.swift",
        "return groupOrder.filter { found.contains($0) }", "return found"),
    # Idempotency.
    Mutation(
        "a-key-with-another-body", CORE + "Broker+Grant.swift",
        "guard known.fingerprint == key.fingerprint else { throw .keyReused }", ""),
    Mutation(
        "a-key-lives-a-millisecond-too-long", CORE + "Broker+Grant.swift",
        "now < known.at.adding(seconds: Self.keyTTLSeconds)",
        "now <= known.at.adding(seconds: Self.keyTTLSeconds)",
        ("sim", "unit:IdempotencyTests")),
    Mutation(
        "keys-of-all-callers-are-one", CORE + "Broker+Grant.swift",
        "scope = KeyScope(actor: actor.name, holder: holder)\n        if let key = command.key {",
        'scope = KeyScope(actor: "", holder: holder)\n        if let key = command.key {'),
    Mutation(
        "a-key-of-a-held-lease-is-not-kept", CORE + "Broker+Grant.swift",
        "            rememberKey(command.key, in: scope, lease: lease.id, created: false, at: now)\n",
        ""),
    Mutation(
        "the-youngest-key-gives-way", CORE + "Broker+Apply.swift",
        "{ remembered.removeFirst() }", "{ remembered.removeLast() }"),
    Mutation(
        "the-instant-of-a-refusal-forgets-the-quota", CORE + "Broker+Earliest.swift",
        "pair, checking: [.window, .quota, .seat], from: now)\n    }\n\n    /// As",
        "pair, checking: [.window, .seat], from: now)\n    }\n\n    /// As"),
    # Renewal, release, revocation.
    Mutation(
        "a-renewal-shortens", CORE + "Broker+Lease.swift",
        "let deadline = max(\n            lease.ttlDeadline,",
        "let deadline = min(\n            .init(milliseconds: .max),"),
    Mutation(
        "renewal-without-entitlement", CORE + "Broker+Lease.swift",
        "guard isEntitled(subject, to: lease) else {", "guard true || isEntitled(subject, to: lease) else {"),
    Mutation(
        "a-gateways-word-is-forgotten", CORE + "Broker+Lease.swift",
        "if let vouched = lease.vouched { current.unixGroups = vouched }",
        "if let vouched = lease.vouched, vouched.isEmpty { current.unixGroups = vouched }",
        ("sim", "unit:BrokerCoreTests")),
    Mutation(
        "a-revoked-lease-is-renewed", CORE + "Broker+Apply.swift",
        "            lease.ttlDeadline = deadline\n",
        "            lease.ttlDeadline = deadline\n            lease.revocation = nil\n"),
    Mutation(
        "a-second-revocation-gives-time", CORE + "Broker+Lease.swift",
        "if lease.revocation.map({ deadline < $0.deadline }) ?? true {",
        "if lease.revocation.map({ deadline != $0.deadline }) ?? true {"),
    Mutation(
        "a-revocation-at-once-has-no-reason", CORE + "Broker+Lease.swift",
        "commit(.leaseEnded(id, .revoked, detail: reason), at: now)",
        "commit(.leaseEnded(id, .revoked, detail: nil), at: now)"),
    Mutation(
        "anybody-releases", CORE + "Broker+Lease.swift",
        "case .holder(let own): holder == own", "case .holder(let own): holder == own || holder != own"),
    Mutation(
        "a-gateway-touches-all", CORE + "Broker+Lease.swift",
        "case .gateway(let own): gateway == own", "case .gateway(let own): gateway == own || gateway != nil"),
    Mutation(
        "a-release-is-lost", CORE + "Broker+Lease.swift",
        "        commit(.leaseEnded(id, .released, detail: nil), at: now)\n        return .done",
        "        return .done"),
    # Deadlines.
    Mutation(
        "expiry-a-millisecond-late", CORE + "Broker+Expire.swift",
        "while let due = nextDeadline(ofPool: slot), due <= now {",
        "while let due = nextDeadline(ofPool: slot), due < now {"),
    Mutation(
        "expiry-a-millisecond-early", CORE + "Broker+Expire.swift",
        "while let due = nextDeadline(ofPool: slot), due <= now {",
        "while let due = nextDeadline(ofPool: slot), due <= now.adding(milliseconds: 1) {"),
    Mutation(
        "the-drain-is-forgotten-at-the-end", CORE + "Broker+Expire.swift",
        "return mode.kind == .draining ? mode.deadline : mode.upcoming?.deadline",
        "return mode.upcoming?.deadline"),
    Mutation(
        "a-retiring-seat-is-extended", CORE + "Broker+ApplySite.swift",
        "lease.retireDeadline = min(lease.retireDeadline ?? deadline, deadline)",
        "lease.retireDeadline = lease.retireDeadline ?? deadline.adding(seconds: 60)"),
    Mutation(
        "a-seat-that-stays-still-ends", CORE + "Broker+ApplySite.swift",
        "        lease.retireDeadline = nil\n", "        lease.retireDeadline = lease.retireDeadline.map { $0 }\n"),
    Mutation(
        "the-drain-of-a-seat-outlives-it", CORE + "Broker+ApplySite.swift",
        "        guard lease.seatDrainDeadline != cordon?.deadline else { return }\n",
        "        guard cordon?.deadline != nil else { return }\n"),
    # Seats.
    Mutation(
        "the-token-of-a-name-is-forgotten", CORE + "Broker+ApplySite.swift",
        "            retiredTokens[seat.name] = seat.token\n", ""),
    Mutation(
        "the-longest-free-seat-is-not-known", CORE + "Broker+Apply.swift",
        "            seat.freeRevision = revision\n", ""),
    Mutation(
        "a-retiring-seat-comes-back", CORE + "Broker+Apply.swift",
        "        if seat.retiring {\n            removeSeat(lease.seat)",
        "        if seat.retiring && seat.orphaned {\n            removeSeat(lease.seat)"),
    Mutation(
        "shrinking-takes-the-lowest", CORE + "Broker+Resize.swift",
        "return free.reversed() + soonest.map(\\.slot)", "return free + soonest.map(\\.slot)"),
    Mutation(
        "shrinking-takes-those-who-stay-longest", CORE + "Broker+Resize.swift",
        "? $0.seat.rank > $1.seat.rank : $0.deadline < $1.deadline",
        "? $0.seat.rank > $1.seat.rank : $0.deadline > $1.deadline"),
    Mutation(
        "a-resize-counts-retiring-seats-twice", CORE + "Broker+Resize.swift",
        "let staying = patterned.filter { !seats[Int($0)]!.retiring }",
        "let staying = patterned"),
    Mutation(
        "growth-leaves-retiring-seats", CORE + "Broker+Resize.swift",
        "            missing -= 1\n        }\n        try grow(pool, by: missing, at: now)",
        "            missing -= 0\n        }\n        try grow(pool, by: missing, at: now)"),
    Mutation(
        "one-seat-over-the-limit", CORE + "Broker+Resize.swift",
        "if let seatLimit, seatCount > seatLimit, seatCount > seatsBefore {",
        "if let seatLimit, seatCount > seatLimit + 1, seatCount > seatsBefore {"),
    Mutation(
        "a-stale-revision-resizes", CORE + "Broker+Resize.swift",
        "if let expected = ifRevision, expected != pools[pool]!.revision {",
        "if let expected = ifRevision, expected > pools[pool]!.revision {"),
    Mutation(
        "a-seat-that-retires-already-ends-with-the-drain", CORE + "Broker+Resize.swift",
        "leases[Int(lease)]!.retireDeadline ?? deadline(of: leases[Int(lease)]!)",
        "deadline(of: leases[Int(lease)]!)"),
    Mutation(
        "what-shrinks-lets-go-too-late", CORE + "Broker+Site.swift",
        "                retireSurplus(over: pool, &change, at: now)\n", "",
        ("sim", "unit:SpecificationTests")),
    Mutation(
        "cordons-go-with-the-pool", CORE + "Broker+Site.swift",
        "                change.cordons += cordons(ofPool: pool.name)\n", ""),
    # Cordon and drain.
    Mutation(
        "a-cordon-calls-off-a-drain", CORE + "Broker+Drain.swift",
        "if mode.kind != .draining {\n            setMode(",
        "if mode.kind != .cordoned {\n            setMode("),
    Mutation(
        "a-drain-at-once-waits", CORE + "Broker+Drain.swift",
        "        // A deadline of 0 seconds is due in this very instant.\n        expire(at: now)\n", ""),
    Mutation(
        "a-forecast-forgets-who-is-cut", CORE + "Broker+Drain.swift",
        "if let deadline, end >= deadline {", "if let deadline, end > deadline {"),
    # The site.
    Mutation(
        "a-pool-in-use-is-deleted", CORE + "Broker+Site.swift",
        "guard pool.leasedCount == 0 else { throw .poolInUse",
        "guard pool.leasedCount <= 1 else { throw .poolInUse"),
    Mutation(
        "a-deleted-groups-leases-are-charged-to-nobody", CORE + "Broker+ApplySite.swift",
        "guard let group = groups[Int(slot)], group.spec == nil, group.used == 0 else { return }",
        "guard let group = groups[Int(slot)], group.spec == nil else { return }"),
    Mutation(
        "a-deleted-pool-stays-in-the-groups", CORE + "Broker+ApplySite.swift",
        "            groups[group]!.spec!.pools.removeAll { $0 == name }\n", ""),
    Mutation(
        "half-a-site-is-applied", CORE + "Broker+Decide.swift",
        "        } catch {\n            self = before\n            throw error",
        "        } catch {\n            _ = before\n            throw error"),
    # Undo.
    Mutation(
        "undo-leaves-a-key", CORE + "Broker.swift",
        "case .keys(let scope, let keys): setKeys(scope, keys)", "case .keys: break"),
    Mutation(
        "undo-leaves-the-last-seat", CORE + "Broker.swift",
        "case .lastSeat(let key, let seat): lastSeats[key] = seat", "case .lastSeat: break"),
    Mutation(
        "undo-leaves-the-revision", CORE + "Broker.swift",
        "                self.revision = revision\n                self.latest",
        "                self.revision = max(self.revision, revision)\n                self.latest"),
    # The engine.
    Mutation(
        "a-full-disk-takes-grants", ENGINE + "Engine.swift",
        "guard space == .enough || submission.command.endsLeases || records.isEmpty else {",
        "guard space != .exhausted || submission.command.endsLeases || records.isEmpty else {"),
    Mutation(
        "a-full-disk-takes-renewals", ENGINE + "Engine.swift",
        ".dropConnections: true\n        case .revoke(_, _, let graceSeconds): graceSeconds == 0\n"
        "        case .grant, .renew,",
        ".dropConnections, .renew: true\n"
        "        case .revoke(_, _, let graceSeconds): graceSeconds == 0\n        case .grant,"),
    Mutation(
        "a-failed-batch-is-not-undone", ENGINE + "Engine.swift",
        "        broker.undo()\n        answers.removeAll", "        answers.removeAll"),
    Mutation(
        "a-failed-batch-is-answered-as-done", ENGINE + "Engine.swift",
        "            answers = batch.map { (.ticket($0.ticket), .noSpace) }\n",
        "            answers = batch.map { (.ticket($0.ticket), .decided(.done)) }\n"),
    Mutation(
        "what-is-due-waits-for-a-command-that-lasts", ENGINE + "Engine.swift",
        "        _ = try? broker.decide(.passTime, by: .system, at: now)\n", ""),
    Mutation(
        "answers-in-another-order", ENGINE + "Engine.swift",
        "        let said = answers\n        answers = []",
        "        let said = Array(answers.reversed())\n        answers = []"),
    # The writer's loop.
    Mutation(
        "an-early-answer", ENGINE + "WriterLoop.swift",
        "        do throws(StoreError) {\n            try store.append(batch)\n        } catch .full {",
        "        do throws(StoreError) {\n            if batch.entries.count > 1 { return engine.appended() }\n"
        "            try store.append(batch)\n        } catch .full {"),
    Mutation(
        "a-failed-write-is-answered", ENGINE + "WriterLoop.swift",
        "            throw WriterFailure(what: \"the journal could not be written\", error: error)\n",
        "            if case .failed = error { return engine.appended() }\n"
        "            throw WriterFailure(what: \"the journal could not be written\", error: error)\n"),
    Mutation(
        "the-reserve-is-never-given-back", ENGINE + "WriterLoop.swift",
        "                store.releaseReserve()\n", ""),
    Mutation(
        "space-is-never-found-again", ENGINE + "WriterLoop.swift",
        "        engine.spaceRestored()\n", ""),
    Mutation(
        "the-writer-oversleeps", ENGINE + "WriterLoop.swift",
        "return max(0, min(Self.roundMillisecondsMax, next.milliseconds - now.milliseconds))",
        "return max(0, min(60_000, next.milliseconds - now.milliseconds + 1_500))"),
    Mutation(
        "an-answer-is-forgotten", ENGINE + "Engine.swift",
        "        let said = answers\n        answers = []",
        "        let said = answers.count > 1 ? Array(answers.dropLast()) : answers\n        answers = []"),
    Mutation(
        "the-journal-names-nobody", ENGINE + "Engine.swift",
        "at: now, actor: submission.actor, verb: submission.command.verb,",
        "at: now, actor: .system, verb: submission.command.verb,"),
    Mutation(
        "a-restored-reserve-is-looked-for-once-an-hour", ENGINE + "WriterLoop.swift",
        "reserveRetryMilliseconds: Int64 = 1_000", "reserveRetryMilliseconds: Int64 = 3_600_000"),
    Mutation(
        "a-step-of-the-clock-the-wrong-way", ENGINE + "TimeLine.swift",
        "        mark.wallOffsetMilliseconds = offset\n", "        mark.wallOffsetMilliseconds = -offset\n"),
    Mutation(
        "the-latest-instant-is-forgotten", CORE + "Broker+Apply.swift",
        "        latest = max(latest, now)\n", "        latest = max(latest, .distantPast)\n"),
    Mutation(
        "a-step-of-the-clock-is-not-written-down", ENGINE + "WriterLoop.swift",
        "if engine.broker.clock != timeLine.mark { ask(.setClock(timeLine.mark)) }", ""),
    # Time.
    Mutation(
        "a-restart-believes-the-wall-clock", ENGINE + "TimeLine.swift",
        "        if isSameBoot { now = reading.bootMilliseconds + known.bootOffsetMilliseconds }\n",
        "        _ = isSameBoot\n"),
    Mutation(
        "time-goes-back-after-a-boot", ENGINE + "TimeLine.swift",
        "        now = max(now, latest.milliseconds)\n", ""),
    # What is written down.
    Mutation(
        "a-restart-gives-time", CORE + "Broker+Image.swift",
        "ttlDeadline: row.grant.ttlDeadline, grantedBy",
        "ttlDeadline: max(row.grant.ttlDeadline, image.latest.adding(seconds: 60)), grantedBy"),
    Mutation(
        "a-snapshot-forgets-revocations", CORE + "Broker+Image.swift",
        "revocationDeadline: lease.revocation?.deadline,", "revocationDeadline: nil,"),
    Mutation(
        "a-snapshot-forgets-tokens-of-names", CORE + "Broker+Image.swift",
        "for row in image.retiredTokens { retiredTokens[row.seat] = row.token }", ""),
    Mutation(
        "a-restore-leaves-the-tokens", STORE + "Backup.swift",
        "_ = try broker.decide(.raiseTokenFloor(floor), by: .system, at: broker.latest)",
        "_ = try broker.decide(.raiseTokenFloor(1), by: .system, at: broker.latest)"),
    Mutation(
        "a-checksum-that-checks-nothing", SQLITE + "SQLiteStore.swift",
        "guard Int64(CRC32C.of(bytes, number: revision)) == crc else {",
        "guard Int64(CRC32C.of(bytes, number: revision)) == crc || crc != 0 else {",
        ("unit:BrokerStoreTests",)),
    Mutation(
        "a-lost-end-is-not-noticed", SQLITE + "SQLiteStore.swift",
        "            slot.revision > revision\n        {", "            slot.revision > revision + 1\n        {",
        ("unit:TipTests",)),
    Mutation(
        "what-was-read-is-not-on-disk", SQLITE + "SQLiteStore.swift",
        "        try secureLog()\n", "", ("unit:TipTests",)),
    Mutation(
        "a-commit-without-a-sync", SQLITE + "SQLiteStore.swift",
        "PRAGMA synchronous = FULL;", "PRAGMA synchronous = NORMAL;",
        ("torture:powercut",)),
    Mutation(
        "tokens-that-a-second-restore-gives-again", STORE + "Backup.swift",
        "            now * Self.tokensPerMillisecondMax, ", "            now, ",
        ("unit:BrokerStoreTests",)),
    # The service and the edge.
    Mutation(
        "readers-see-nothing-new", SERVICE + "Writer.swift",
        "        published.apply(batch)\n", "        if batch.entries.count > 99 { published.apply(batch) }\n",
        ("e2e:leases",)),
    Mutation(
        "an-agent-touches-all-leases", HTTP + "API/Caller.swift",
        "        if listener != .control { return .holder(HolderName(name)) }\n"
        "        return roles.contains(.admin) ? .anyone : .gateway(name)",
        "        if listener != .control { return .anyone }\n"
        "        return roles.contains(.admin) ? .anyone : .gateway(name)",
        ("e2e:leases", "e2e:roles")),
    Mutation(
        "root-is-admin-on-the-agent-socket", HTTP + "API/APIServer.swift",
        "if request.listener == .agent && !route.access.forAgents {",
        "if request.listener == .agent && !route.access.forAgents && peer.uid != 0 {",
        ("e2e:roles", "e2e:leases")),
    # The history and its audit.
    Mutation(
        "a-refused-change-is-not-written-down", ENGINE + "Engine.swift",
        "if space == .enough,\n                let refused", "if space != .enough,\n                let refused",
        by=("unit:RefusedChangeTests",)),
    Mutation(
        "the-chain-forgets-whose-lease-it-was", HISTORY + "AuditChain.swift",
        "writer.write(names.holder) { $0.write($1) }", "_ = names.holder",
        by=("unit:ChainTests",)),
    Mutation(
        "the-chain-does-not-hold-on-to-what-was-before", HISTORY + "AuditChain.swift",
        "for byte in former { writer.write(byte: byte) }", "_ = former",
        by=("unit:ChainTests",)),
    Mutation(
        "reasons-outlive-the-names", HISTORY + "Pseudonyms.swift",
        "why: nil)", "why: names.why)", by=("unit:RetentionTests",)),
    Mutation(
        "the-journal-is-cut-before-the-history-has-it", SQLITE + "SQLiteStore+History.swift",
        "WHERE at <= ? AND revision <= ?\",", "WHERE at <= ? AND revision <> -?\",",
        by=("unit:SQLiteStoreTests",)),
    # Half-days.
    Mutation(
        "a-group-enters-outside-its-window", CORE + "Broker+Grant.swift",
        "guard groups[Int(pair.group)]!.isOpen, pools", "guard pools",
        BY_UNIT_TESTS),
    Mutation(
        "reserves-of-those-who-are-not-in-turn", CORE + "Broker+Grant.swift",
        "where reserve.group != pair.group && groups[Int(reserve.group)]!.isOpen {",
        "where reserve.group != pair.group {",
        BY_UNIT_TESTS),
    Mutation(
        "a-lease-outlives-its-window", CORE + "Broker+Expire.swift",
        "        endOverdueLeases(at: now)\n", "",
        BY_UNIT_TESTS),
    Mutation(
        "the-grace-is-forgotten", CORE + "Broker+Turn.swift",
        "return instant(turn.ends).adding(seconds: graceSeconds)", "return instant(turn.ends)",
        BY_UNIT_TESTS),
    Mutation(
        "a-window-is-closed-on-both-sides", CORE + "Broker+Turn.swift",
        "func firstIndex(after time: UnixTime) -> Int { partition { $0.end > time } }",
        "func firstIndex(after time: UnixTime) -> Int { partition { $0.end >= time } }",
        BY_UNIT_TESTS),
    Mutation(
        "a-window-that-begins-as-the-grace-ends-carries-on", CORE + "Broker+Turn.swift",
        "if windowDeadline(ofGroup: slot)! <= instant(windows[next].start) {",
        "if windowDeadline(ofGroup: slot)! < instant(windows[next].start) {",
        BY_UNIT_TESTS),
    Mutation(
        "the-next-window-ends-what-it-should-carry", CORE + "Broker+Turn.swift",
        "if windowDeadline(ofGroup: slot)! <= instant(windows[next].start) {",
        "if true {",
        BY_UNIT_TESTS),
    Mutation(
        "windows-do-not-follow-the-wall-clock", CORE + "Broker+Turn.swift",
        "let milliseconds = Int(clamping: wallMilliseconds(instant))",
        "let milliseconds = Int(clamping: instant.milliseconds)",
        BY_UNIT_TESTS),
    Mutation(
        "another-group-beyond-its-quota", CORE + "Broker+Turn.swift",
        "spec.quota.map { groups[Int(other)]!.used < $0 } ?? true",
        "spec.quota.map { groups[Int(other)]!.used <= $0 } ?? true",
        BY_UNIT_TESTS),
    Mutation(
        "another-group-that-is-not-in-turn", CORE + "Broker+Turn.swift",
        "return groups[Int(other)]!.isOpen && spec.pools.contains(pool)",
        "return spec.pools.contains(pool)",
        BY_UNIT_TESTS),
    Mutation(
        "a-lease-is-never-charged-to-another-group", CORE + "Broker+Expire.swift",
        "        chargeElsewhere(at: now)\n", "",
        BY_UNIT_TESTS),
    Mutation(
        "an-update-of-the-zones-changes-the-present", CORE + "Broker+Windows.swift",
        "        if isNewRota {\n            coming", "        if isNewRota || !isNewRota {\n            coming",
        ("unit:BrokerCoreTests", "unit:BrokerStoreTests")),
    Mutation(
        "a-change-of-slots-gives-no-grace", CORE + "Broker+Windows.swift",
        "commit(.turnSet(group.name, Turn(phase: .over, ends: time)), at: now)",
        "commit(.turnSet(group.name, Turn(phase: .over, ends: time.adding(seconds: -86_400))), at: now)",
        BY_UNIT_TESTS),
    Mutation(
        "reserves-that-collide-are-taken", CORE + "Broker+Windows.swift",
        "if table.isNewRota, let collision = reserveCollision(from: time) { throw collision }\n", "",
        ("unit:BrokerCoreTests", "unit:BrokerStoreTests")),
    Mutation(
        "the-grace-is-no-part-of-a-shortage", CORE + "Broker+Shortfall.swift",
        "times: times(of: group, from: from, to: end, graceSeconds: graceSeconds))",
        "times: times(of: group, from: from, to: end, graceSeconds: 0))",
        ("unit:BrokerCoreTests",)),
    # The line.
    Mutation(
        "the-line-from-its-end", CORE + "Broker+Wait.swift",
        "(a.second, b.credit, a.number) < (b.second, a.credit, b.number)",
        "(b.second, a.credit, b.number) < (a.second, b.credit, a.number)",
        BY_UNIT_TESTS),
    Mutation(
        "who-waited-least-comes-first", CORE + "Broker+Wait.swift",
        "(a.second, b.credit, a.number) < (b.second, a.credit, b.number)",
        "(a.second, a.credit, a.number) < (b.second, b.credit, b.number)",
        ("unit:BrokerCoreTests",)),
    Mutation(
        "the-line-is-not-served", CORE + "Broker+Decide.swift",
        "            serveLine(at: now)\n", "",
        BY_UNIT_TESTS),
    Mutation(
        "a-group-at-its-quota-blocks-the-line", CORE + "Broker+Line.swift",
        "            for pair in pairs where !spent.contains(pair) { spent.append(pair) }\n",
        "            spent += pairs\n            if !isReview { break }\n",
        BY_UNIT_TESTS),
    Mutation(
        "seats-for-who-is-not-there", CORE + "Broker+Line.swift",
        "waiters[key.number], waiter.absentUntil == nil else { continue }",
        "waiters[key.number] else { continue }",
        BY_UNIT_TESTS),
    Mutation(
        "a-place-without-a-key-is-kept", CORE + "Broker+Wait.swift",
        "        if waiter.request.key == nil {\n", "        if false {\n",
        BY_UNIT_TESTS),
    Mutation(
        "a-place-with-a-key-is-lost", CORE + "Broker+Wait.swift",
        "        if waiter.request.key == nil {\n", "        if true {\n",
        BY_UNIT_TESTS),
    Mutation(
        "the-older-connection-is-not-told", CORE + "Broker+Wait.swift",
        "            lineOutcomes.append((known.ticket, .refused(.placeTaken)))\n", "",
        BY_UNIT_TESTS),
    Mutation(
        "a-place-of-its-own-for-each-request", CORE + "Broker+Wait.swift",
        "            .first { $0.request.pool == command.pool }",
        "            .first { $0.request.pool == command.pool && $0.request.pool != command.pool }",
        BY_UNIT_TESTS),
    Mutation(
        "waiting-for-a-closed-pool", CORE + "Broker+Wait.swift",
        "guard pools[Int(pair.pool)]!.mode.kind == .open else { return false }\n", "",
        BY_UNIT_TESTS),
    Mutation(
        "waiting-for-a-window-that-comes-too-late", CORE + "Broker+Wait.swift",
        "return instant(opens) <= until", "return instant(opens) <= until.adding(seconds: 60)",
        BY_UNIT_TESTS),
    Mutation(
        "a-wait-without-end", CORE + "Broker+Decide.swift",
        "            endDueWaits(at: now)\n", "",
        BY_UNIT_TESTS),
    Mutation(
        "the-line-is-longer-than-its-limit", CORE + "Broker+Wait.swift",
        "passed: waiters.count < wait.countMax", "passed: waiters.count <= wait.countMax",
        BY_UNIT_TESTS),
    Mutation(
        "a-start-serves-who-is-gone", ENGINE + "Engine.swift",
        "if !isTimePassed, !submission.command.leavesLine {", "if !isTimePassed {",
        ("unit:LineEngineTests",)),
    Mutation(
        "a-crash-leaves-places-to-nobody", ENGINE + "WriterLoop.swift",
        "        if engine.broker.hasWaiters { ask(.dropConnections) }\n", "",
        BY_UNIT_TESTS),
    Mutation(
        "refusals-fill-the-journal", CORE + "Broker+Account.swift",
        "        guard !isNoted else { return }\n", "        guard !isNoted || isNoted else { return }\n",
        BY_UNIT_TESTS),
    Mutation(
        "an-account-of-fifteen-days", CORE + "Broker+Account.swift",
        "        let first = day(now) - Int64(WaitingLimits.accountDays) + 1\n",
        "        let first = day(now) - Int64(WaitingLimits.accountDays)\n",
        ("unit:BrokerCoreTests",)),
    # Drains to come.
    Mutation(
        "a-drain-to-come-begins-at-once", CORE + "Broker+Drain.swift",
        "let isToCome = start > now && mode.kind", "let isToCome = start < now && mode.kind",
        BY_UNIT_TESTS),
    Mutation(
        "a-drain-to-come-never-begins", CORE + "Broker+Expire.swift",
        "        startDrains(at: now)\n", "",
        BY_UNIT_TESTS),
    Mutation(
        "a-drain-to-come-cannot-be-called-off", CORE + "Broker+Drain.swift",
        "if pools[pool]!.mode.kind != .open || pools[pool]!.mode.upcoming != nil {",
        "if pools[pool]!.mode.kind != .open {",
        BY_UNIT_TESTS),
    Mutation(
        "a-stale-forecast-is-acted-on", CORE + "Broker+Decide.swift",
        "guard let ifRevision, siteRevision > ifRevision else { return }",
        "guard let ifRevision, siteRevision > .max else { return }",
        BY_UNIT_TESTS),
]
