/// A group with what its leases use.
struct Group: Sendable {
    var name: GroupName
    /// nil: deleted, and kept only while leases that were charged to it run out.
    var spec: GroupSpec?
    var used = 0
    /// When it may enter, by the wall clock, some days back and as far as is known; nil: at any
    /// time.
    var windows: [UTCWindow]?
    /// Nil as well while none of its windows has begun.
    var turn: Turn?
    /// By pool; few, so a scan beats a dictionary.
    var uses: [Use] = []

    /// What the group's leases use of one pool.
    struct Use: Sendable {
        var pool: Slot
        var used = 0
        /// The leases by their own deadline.
        var deadlines = SortedRuns<DeadlineKey>()
    }

    func used(in pool: Slot) -> Int {
        uses.first { $0.pool == pool }?.used ?? 0
    }

    /// Whether its people may enter now.
    var isOpen: Bool { windows == nil || turn?.phase == .open }
}
