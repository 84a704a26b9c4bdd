import BrokerCore

extension Step: CustomStringConvertible {
    /// One line, for a reader who wants to see what went wrong.
    package var description: String {
        switch self {
        case .ask(let question):
            "\(question.actor.name) asks: \(question.command.text)"
        case .round: "the writer goes round"
        case .pass(let milliseconds): "\(milliseconds) ms pass"
        case .stepClock(let milliseconds): "the wall clock is set by \(milliseconds) ms"
        case .arm(let fault): "a fault is armed: \(fault.kind) at \(fault.point)"
        case .kill: "kill -9 and start"
        case .powerCut(let off, _): "power cut; off for \(off) ms"
        case .restart: "stop and start"
        case .fill(let left): "the disk is filled but for \(left) bytes"
        case .free: "the disk has space again"
        case .calm: "faults stop"
        case .backUp: "a backup is taken"
        case .restore: "the backup is restored"
        case .hangUp(let id): "the connection of \(id.text) goes"
        case .updateZones: "there is another release of the time zones"
        case .audit: "everything is audited"
        }
    }
}

extension Command {
    fileprivate var text: String {
        switch self {
        case .grant(let grant):
            "grant \(grant.id.text) to \(grant.subject.holder.value)"
                + " in \(grant.subject.unixGroups.map(\.value))"
                + (grant.pool.map { " pool \($0.value)" } ?? "")
                + (grant.group.map { " group \($0.value)" } ?? "")
                + (grant.ttlSeconds.map { " ttl \($0) s" } ?? "")
                + (grant.key.map { " key \($0.text)/\($0.fingerprint)" } ?? "")
                + (grant.wait.map {
                    " waiting \($0.seconds) s, \($0.groupCountMax) of \($0.countMax)"
                } ?? "")
        case .renew(let id, let claim, let subject, let ttl):
            "renew \(id.text) as \(claim) for \(subject.holder.value)"
                + (ttl.map { " ttl \($0) s" } ?? "")
        case .release(let id, let claim): "release \(id.text) as \(claim)"
        case .revoke(let id, let reason, let grace): "revoke \(id.text) in \(grace) s: \(reason)"
        case .createPool(let spec): "create pool \(spec)"
        case .deletePool(let name): "delete pool \(name.value)"
        case .resizePool(let name, let size, let revision):
            "resize \(name.value) to \(size)" + (revision.map { " if revision \($0)" } ?? "")
        case .cordonPool(let name, _): "cordon \(name.value)"
        case .uncordonPool(let name, _): "uncordon \(name.value)"
        case .drainPool(let name, _, let seconds, let start, let revision):
            "drain \(name.value)" + (seconds.map { " in \($0) s" } ?? "") + start.text
                + (revision.map { " if revision \($0)" } ?? "")
        case .cordonSeat(let name, _): "cordon seat \(name.value)"
        case .uncordonSeat(let name, _): "uncordon seat \(name.value)"
        case .drainSeat(let name, _, let seconds, let start):
            "drain seat \(name.value)" + (seconds.map { " in \($0) s" } ?? "") + start.text
        case .putGroup(let spec, let revision):
            "put group \(spec)" + (revision.map { " if revision \($0)" } ?? "")
        case .deleteGroup(let name): "delete group \(name.value)"
        case .applySite(let site, let revision):
            "apply site \(site)" + (revision.map { " if revision \($0)" } ?? "")
        case .setWindows(let table): "set windows of \(table.zones) to \(table.until)"
        case .leaveLine(let ticket): "leave the line at \(ticket.number)/\(ticket.connection)"
        case .dropConnections: "drop all connections"
        case .setSeatLimit(let limit): "set the seat limit to \(limit.map { "\($0)" } ?? "none")"
        case .setClock(let mark): "set the clock to \(mark)"
        case .raiseTokenFloor(let floor): "raise the tokens above \(floor)"
        case .passTime: "pass time"
        case .noteReload(let keys): "note a reload of \(keys)"
        }
    }
}

extension DrainStart {
    fileprivate var text: String {
        switch self {
        case .now: ""
        case .at(let wall): " from \(wall)"
        case .windowEnd: " from the end of the window"
        }
    }
}
