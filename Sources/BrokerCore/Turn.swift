/// Where a group with slots stands among its windows.
///
/// It follows from the windows and the instant alone, and is journaled when it changes, so that a
/// lease's deadline can be told without a clock.
package struct Turn: Hashable, Sendable {
    /// How the present instant lies to the window.
    package enum Phase: UInt8, CaseIterable, Sendable {
        /// In it: the group may enter.
        case open = 1
        /// After it: its leases are ending.
        case over = 2
        /// The clock was set back before it; its leases go on, and nobody enters.
        case early = 3
    }

    package var phase: Phase
    /// The end of the window, by the wall clock: half-open, so in this second it is over.
    package var ends: UnixTime

    package init(phase: Phase, ends: UnixTime) {
        self.phase = phase
        self.ends = ends
    }
}

/// The windows of all groups that have slots, as they follow from a rota.
package struct WindowTable: Equatable, Sendable {
    /// In the site's order; each group's windows apart from each other, in the order of time.
    package var groups: [Entry]
    /// How far they reach.
    package var until: UnixTime
    /// The release of the time zones that they come from.
    package var zones: String
    /// Whether they replace what is known of the present too; false takes from the future alone,
    /// as after an update of the time zones.
    package var isNewRota: Bool

    /// The windows of one group.
    package struct Entry: Equatable, Sendable {
        package var group: GroupName
        package var windows: [UTCWindow]

        package init(group: GroupName, windows: [UTCWindow]) {
            self.group = group
            self.windows = windows
        }
    }

    package init(groups: [Entry], until: UnixTime, zones: String, isNewRota: Bool) {
        self.groups = groups
        self.until = until
        self.zones = zones
        self.isNewRota = isNewRota
    }
}
