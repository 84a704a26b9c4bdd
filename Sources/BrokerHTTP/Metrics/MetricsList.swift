import BrokerAPI
import BrokerCore
import BrokerService
import BrokerStore

/// Every metric there is, in the order in which they are written. Docs/METRICS.md is made from it.
///
/// No label is anything that a user can make up: only an admin names pools and groups, and the
/// rest are words of the program. No metric names a person.
enum MetricsList {
    static let all: [Metric] =
        seats + groups + leases + line + store + clock + names + transport + process

    // MARK: Seats

    private static let seats: [Metric] = [
        Metric(
            "brokerd_pool_seats", .gauge,
            "Seats by what they are to somebody who wants one; they add up to the pool's size",
            labels: ["pool", "state"]
        ) { reading, samples in
            for pool in reading.pools {
                samples.add(pool.seats.available, pool.name, "available")
                samples.add(pool.seats.leased, pool.name, "leased")
                samples.add(pool.seats.cleaning, pool.name, "cleaning")
                samples.add(pool.seats.starting, pool.name, "starting")
                samples.add(pool.seats.offline, pool.name, "offline")
                samples.add(pool.seats.quarantined, pool.name, "quarantined")
                samples.add(pool.seats.cordoned, pool.name, "cordoned")
            }
        },
        Metric(
            "brokerd_pool_target_seats", .gauge,
            "Size that the pool is to have; it is less than what is there while it is being "
                + "made smaller",
            labels: ["pool"]
        ) { reading, samples in
            for pool in reading.pools { samples.add(pool.view.spec.size, pool.name) }
        },
        Metric(
            "brokerd_pool_state", .gauge,
            "1 for the state that the pool is in, 0 for the others", labels: ["pool", "state"]
        ) { reading, samples in
            for pool in reading.pools {
                for state in PoolState.allCases {
                    samples.add(pool.state == state, pool.name, state.rawValue)
                }
            }
        },
        Metric(
            "brokerd_pool_drain_leases", .gauge,
            "Leases that are left in a pool that is being drained", labels: ["pool"]
        ) { reading, samples in
            for pool in reading.pools where pool.view.mode.kind == .draining {
                samples.add(pool.seats.leased, pool.name)
            }
        },
        Metric(
            "brokerd_pool_drain_deadline_timestamp_seconds", .gauge, .seconds,
            "When the leases that are left are ended by the drain that runs; absent where it "
                + "waits for them",
            labels: ["pool"]
        ) { reading, samples in
            for pool in reading.pools where pool.view.mode.kind == .draining {
                samples.add(pool.view.mode.deadline.map(reading.wallSeconds), pool.name)
            }
        },
        Metric(
            "brokerd_pool_drain_start_timestamp_seconds", .gauge, .seconds,
            "When the drain begins that is announced", labels: ["pool"]
        ) { reading, samples in
            for pool in reading.pools {
                samples.add(
                    pool.view.mode.upcoming.map { reading.wallSeconds($0.start) }, pool.name)
            }
        },
        Metric(
            "brokerd_seats_limit", .gauge,
            "Most seats that all pools together may hold; absent where there is no limit"
        ) { reading, samples in samples.add(reading.seatLimit) },
    ]

    // MARK: Groups

    private static let groups: [Metric] = [
        Metric(
            "brokerd_group_leases", .gauge, "Live leases that count in the group",
            labels: ["group"]
        ) { reading, samples in
            for group in reading.groups { samples.add(group.used, group.spec.name.value) }
        },
        Metric(
            "brokerd_group_quota", .gauge,
            "Most live leases that the group may have; absent where it has no quota",
            labels: ["group"]
        ) { reading, samples in
            for group in reading.groups { samples.add(group.spec.quota, group.spec.name.value) }
        },
        Metric(
            "brokerd_group_reserve_seats", .gauge,
            "Seats of the pool that others leave to the group while it is open; absent where "
                + "it has none",
            labels: ["group", "pool"]
        ) { reading, samples in
            for group in reading.groups {
                for reserve in group.spec.reserve {
                    samples.add(reserve.seats, group.spec.name.value, reserve.pool.value)
                }
            }
        },
        Metric(
            "brokerd_group_open", .gauge, "1 while the group may enter by the rota, else 0",
            labels: ["group"]
        ) { reading, samples in
            for group in reading.groups { samples.add(group.isOpen, group.spec.name.value) }
        },
        Metric(
            "brokerd_group_window_end_timestamp_seconds", .gauge, .seconds,
            "End of the window that the group is in; absent where it is in none", labels: ["group"]
        ) { reading, samples in
            for group in reading.groups {
                samples.add(group.closes.map { Double($0.seconds) }, group.spec.name.value)
            }
        },
        Metric(
            "brokerd_group_window_start_timestamp_seconds", .gauge, .seconds,
            "Start of the group's next window; absent where none is known", labels: ["group"]
        ) { reading, samples in
            for group in reading.groups {
                samples.add(group.opens.map { Double($0.seconds) }, group.spec.name.value)
            }
        },
        Metric(
            "brokerd_windows_reach_timestamp_seconds", .gauge, .seconds,
            "How far the windows of the rota are known; absent where the site has none"
        ) { reading, samples in samples.add(reading.windowsReach.map { Double($0.seconds) }) },
        Metric(
            "brokerd_rota_utc_offset_seconds", .gauge, .seconds,
            "What the clock of the rota's zone is ahead of UTC now; absent where the site has none"
        ) { reading, samples in samples.add(reading.zoneOffsetSeconds) },
        Metric(
            "brokerd_windows_failures", .counter,
            "Times that the windows of the rota could not be worked out further"
        ) { reading, samples in samples.add(reading.writer.windowsFailures) },
    ]

    // MARK: Leases

    private static let leases: [Metric] = [
        Metric(
            "brokerd_lease_grants", .counter, "New leases, by the group that was charged",
            labels: ["group"]
        ) { reading, samples in
            let known = reading.groups.map(\.spec.name)
            let gone = reading.writer.grants.keys.filter { !known.contains($0) }.sorted()
            for group in known + gone {
                samples.add(reading.writer.grants[group] ?? 0, group.value)
            }
        },
        Metric("brokerd_lease_renewals", .counter, "Renewals that moved the end of a lease") {
            reading, samples in samples.add(reading.writer.renewals)
        },
        Metric(
            "brokerd_lease_ends", .counter, "Leases that ended, by what ended them",
            labels: ["reason"]
        ) { reading, samples in
            for reason in EndReason.allCases {
                samples.add(reading.writer.ends[reason] ?? 0, reading.reason(reason))
            }
        },
        Metric(
            "brokerd_grant_answers", .counter,
            "Requests for a seat that got one: a new lease, the one that the holder had, or "
                + "what a repeated key was answered before",
            labels: ["outcome"]
        ) { reading, samples in
            for outcome in APIMeters.GrantOutcome.allCases {
                samples.add(reading.grants.outcomes[outcome.rawValue], outcome.label)
            }
        },
        Metric(
            "brokerd_grant_refusals", .counter,
            "Requests for a seat that were decided and got none, by the problem that they "
                + "were answered with",
            labels: ["reason"]
        ) { reading, samples in
            for slug in grantProblems + ProblemSlug.allCases.filter({ !grantProblems.contains($0) })
            where grantProblems.contains(slug) || reading.grants.refusals[slug] != nil {
                samples.add(reading.grants.refusals[slug] ?? 0, slug.rawValue)
            }
        },
        Metric(
            "brokerd_grant_duration_seconds", .histogram, .seconds,
            "From the arrival of a request for a seat to its answer; requests that wait in "
                + "the line are left out"
        ) { reading, samples in samples.add(reading.grantSeconds) },
    ]

    /// What a request for a seat is refused with while all is well; others show once they occur.
    private static let grantProblems: [ProblemSlug] = [
        .notEntitled, .outsideWindow, .poolCordoned, .poolDraining, .quotaExceeded, .poolExhausted,
        .lineFull, .waitExpired, .storage,
    ]

    // MARK: The line

    private static let line: [Metric] = [
        Metric(
            "brokerd_line_waiting", .gauge,
            "Requests that wait in the line, by the group that they count for",
            labels: ["group"]
        ) { reading, samples in
            for group in reading.groups { samples.add(group.waiting, group.spec.name.value) }
        },
        Metric(
            "brokerd_line_oldest_seconds", .gauge, .seconds,
            "How long the first of those waits; 0 where nobody does", labels: ["group"]
        ) { reading, samples in
            for group in reading.groups {
                let since = reading.oldestWaits[group.spec.name] ?? reading.now
                let waited = max(0, reading.now.milliseconds - since.milliseconds)
                samples.add(Double(waited) / 1_000, group.spec.name.value)
            }
        },
        Metric("brokerd_line_places", .counter, "Requests that took a place in the line") {
            reading, samples in samples.add(reading.writer.waits)
        },
        Metric(
            "brokerd_line_ends", .counter,
            "Places in the line that are no more: a seat was had, the time was over, waiting "
                + "was no use any more, or nobody came back",
            labels: ["reason"]
        ) { reading, samples in
            for end in WaitEnd.allCases {
                samples.add(reading.writer.waitEnds[end] ?? 0, end.word)
            }
        },
        Metric(
            "brokerd_line_wait_seconds", .histogram, .seconds,
            "How long those waited in the line who were given a seat, as far as their last "
                + "connection goes"
        ) { reading, samples in samples.add(reading.waitSeconds) },
    ]

    // MARK: The store

    private static let store: [Metric] = [
        Metric(
            "brokerd_commit_duration_seconds", .histogram, .seconds,
            "How long a batch of decisions takes to be on disk"
        ) { reading, samples in samples.add(reading.commitSeconds) },
        Metric(
            "brokerd_commit_decisions", .histogram,
            "Decisions that changed something, by batch; each batch is one row of the journal"
        ) { reading, samples in samples.add(reading.batchEntries) },
        Metric(
            "brokerd_journal_written_bytes", .counter, .bytes,
            "What the rows came to that were written to the journal"
        ) { reading, samples in samples.add(reading.store?.journalWrittenBytes) },
        Metric(
            "brokerd_journal_revision", .gauge,
            "Records that the journal has had since the state was made"
        ) { reading, samples in samples.add(Int(reading.revision)) },
        Metric("brokerd_database_size_bytes", .gauge, .bytes, "Size of the database") {
            reading, samples in samples.add(reading.store?.databaseBytes)
        },
        Metric(
            "brokerd_database_log_size_bytes", .gauge, .bytes,
            "Size of the write-ahead log beside the database"
        ) { reading, samples in samples.add(reading.store?.logBytes) },
        Metric(
            "brokerd_state_free_bytes", .gauge, .bytes,
            "Space that the file system of the state directory still has for the daemon"
        ) { reading, samples in samples.add(reading.store?.freeBytes) },
        Metric(
            "brokerd_state_capacity_bytes", .gauge, .bytes,
            "Size of the file system of the state directory"
        ) { reading, samples in samples.add(reading.store?.capacityBytes) },
        Metric(
            "brokerd_space_low", .gauge,
            "1 while the disk is so full that only what ends leases is written, else 0"
        ) { reading, samples in samples.add(reading.isLowOnSpace) },
        Metric("brokerd_space_shortages", .counter, "Times that the disk was found full") {
            reading, samples in samples.add(reading.writer.spaceShortages)
        },
        Metric(
            "brokerd_history_state", .gauge,
            "1 for how the history stands to the journal, 0 for the others; absent where there "
                + "is no history",
            labels: ["state"]
        ) { reading, samples in
            guard let current = reading.historyState else { return }
            for state in StatusHistory.State.allCases {
                samples.add(state == current, state.rawValue)
            }
        },
        Metric(
            "brokerd_snapshot_timestamp_seconds", .gauge, .seconds,
            "When the last snapshot was taken; absent before the first"
        ) { reading, samples in
            samples.add(reading.writer.snapshotWallMilliseconds.map { Double($0) / 1_000 })
        },
        Metric(
            "brokerd_snapshot_revision", .gauge,
            "Revision of the journal that the last snapshot stands for: a start reads the "
                + "records after it"
        ) { reading, samples in samples.add(Int(reading.writer.snapshotRevision)) },
        Metric(
            "brokerd_snapshot_failures", .counter, "Snapshots for which there was no space"
        ) { reading, samples in samples.add(reading.writer.snapshotFailures) },
        Metric(
            "brokerd_writer_silence_seconds", .gauge, .seconds,
            "How long ago the writer last went round: half a second while it is idle, and "
                + "more where its disk is slow or hangs"
        ) { reading, samples in
            samples.add(Double(reading.writerSilenceMilliseconds) / 1_000)
        },
    ]

    // MARK: The clock

    private static let clock: [Metric] = [
        Metric("brokerd_clock_steps", .counter, "Times that the wall clock was set") {
            reading, samples in samples.add(reading.writer.clockSteps)
        },
        Metric(
            "brokerd_clock_step_seconds", .gauge, .seconds,
            "By how much the wall clock was set the last time; absent where it was not"
        ) { reading, samples in
            samples.add(reading.writer.clockStepMilliseconds.map { Double($0) / 1_000 })
        },
    ]

    // MARK: Names

    private static let names: [Metric] = [
        Metric(
            "brokerd_name_questions", .counter,
            "Questions for users and groups: answered from what is known, or only once the "
                + "name service had been asked",
            labels: ["source"]
        ) { reading, samples in
            samples.add(reading.names.hits, "cache")
            samples.add(reading.names.misses, "lookup")
        },
        Metric(
            "brokerd_name_lookup_duration_seconds", .histogram, .seconds,
            "How long the name service takes for one user or group"
        ) { reading, samples in samples.add(reading.lookUpSeconds) },
        Metric(
            "brokerd_name_lookup_failures", .counter,
            "Look-ups that the name service did not answer"
        ) { reading, samples in samples.add(reading.names.failures) },
        Metric("brokerd_name_cache_entries", .gauge, "Users and groups that are known") {
            reading, samples in samples.add(reading.names.entries)
        },
    ]

    // MARK: The transport

    private static let transport: [Metric] = [
        Metric(
            "brokerd_connections", .gauge, "Connections that are open", labels: ["listener"]
        ) { reading, samples in
            for listener in reading.transport {
                samples.add(listener.counters.connectionsOpen, listener.kind.rawValue)
            }
        },
        Metric(
            "brokerd_connections_accepted", .counter,
            "Connections that came, those included that were refused at once", labels: ["listener"]
        ) { reading, samples in
            for listener in reading.transport {
                samples.add(listener.counters.connectionsAccepted, listener.kind.rawValue)
            }
        },
        Metric(
            "brokerd_http_requests", .counter,
            "Requests that were well formed and within the limits",
            labels: ["listener"]
        ) { reading, samples in
            for listener in reading.transport {
                samples.add(listener.counters.requests, listener.kind.rawValue)
            }
        },
        Metric(
            "brokerd_http_responses", .counter, "Answers to requests, by their status",
            labels: ["listener", "code"]
        ) { reading, samples in
            for listener in reading.transport {
                for code in StatusClass.allCases {
                    samples.add(listener.counters.answers(code), listener.kind.rawValue, code.text)
                }
            }
        },
        Metric(
            "brokerd_transport_refusals", .counter,
            "Connections and requests that were refused or cut off before anybody looked at "
                + "what they ask for",
            labels: ["listener", "cause"]
        ) { reading, samples in
            for listener in reading.transport {
                for cause in RefusalCause.allCases {
                    samples.add(
                        listener.counters.refusals(cause), listener.kind.rawValue, cause.rawValue)
                }
            }
        },
        Metric(
            "brokerd_accept_pauses", .counter,
            "Times that no connection could be accepted for want of descriptors or memory",
            labels: ["listener"]
        ) { reading, samples in
            for listener in reading.transport {
                samples.add(listener.counters.acceptPauses, listener.kind.rawValue)
            }
        },
    ]

    // MARK: The process

    private static let process: [Metric] = [
        Metric("brokerd_build", .info, "Version of the program", labels: ["version"]) {
            _, samples in samples.add(1, BrokerVersion.text)
        },
        Metric(
            "process_start_time_seconds", .gauge, .seconds,
            "When this process began to serve, as seconds since the Unix epoch"
        ) { reading, samples in
            samples.add(Double(reading.startedAtWallMilliseconds) / 1_000)
        },
        Metric("process_cpu_seconds", .counter, .seconds, "Processor time, of user and system") {
            reading, samples in samples.add(reading.process.cpuSeconds)
        },
        Metric("process_resident_memory_bytes", .gauge, .bytes, "Memory that is resident") {
            reading, samples in samples.add(reading.process.residentBytes)
        },
        Metric("process_virtual_memory_bytes", .gauge, .bytes, "Address space that is taken") {
            reading, samples in samples.add(reading.process.virtualBytes)
        },
        Metric("process_open_fds", .gauge, "File descriptors that are open") {
            reading, samples in samples.add(reading.process.openDescriptors)
        },
        Metric("process_max_fds", .gauge, "Most file descriptors that may be open") {
            reading, samples in samples.add(reading.process.mostDescriptors)
        },
    ]
}
