/// The three doors of the daemon. What a caller may do depends first on the door it came through.
package enum ListenerKind: String, Sendable, Hashable, CaseIterable {
    /// Any local user; everybody, root included, is only an agent here. Limits per user hold.
    case agent
    /// Members of the control group; roles decide what they may do.
    case control
    /// Read-only, without names of people; the only one that may be TCP, on loopback.
    case monitoring
}
