package import BrokerCore
package import BrokerStore

/// Compares items with what the journal makes of itself, as far as it reaches back.
///
/// Both are in their order, so one walk over both tells what each has that the other has not. What
/// cannot be read, and what is not there, leaves a gap in the numbers of the items, which a draft
/// without an item of its own then fills.
package struct JournalComparison: Sendable {
    /// How far ahead it looks for where the two go together again.
    private static let reach = 8

    private var projector: HistoryProjector
    private let floor: UInt64
    /// Up to this revision items are gone because of their age, as the history says of itself.
    private let anchorRevision: UInt64
    private let anchorSequence: UInt64
    private let keepBefore: Int64
    private let end: UInt64
    private let headSequence: UInt64
    /// The first of those drafts that are too young to be gone.
    private var young: [AuditDraft] = []
    private var drafts: [AuditDraft] = []
    private var items: [AuditItem] = []
    private var isOutOfItems = false
    /// The number up to which all is compared, or is older than what is.
    private var settled: UInt64
    /// Whether an item was found to be a draft's: what comes behind it is of the same time.
    private var isUnderWay = false
    /// The last item that was taken.
    package private(set) var sequence: UInt64

    /// - Parameters:
    ///   - image: the oldest base. The history began no later, whatever it says.
    ///   - keepBefore: items from this instant on have to be there, in milliseconds since the Unix
    ///     epoch.
    package init(
        from image: BrokerImage, _ position: HistoryPosition, keepBefore: Int64
    ) throws(Broker.Misfit) {
        projector = try HistoryProjector(from: image)
        floor = image.revision
        anchorRevision = position.anchor.revision
        anchorSequence = position.anchor.sequence
        self.keepBefore = keepBefore
        end = position.revision
        headSequence = position.head.sequence
        sequence = position.anchor.sequence
        settled = position.anchor.sequence
    }

    /// The revision up to which the journal was taken in.
    package var revision: UInt64 { projector.revision }
    /// The revision from which on items are compared.
    package var from: UInt64 { floor }
    package var isAtEnd: Bool { projector.revision >= end }

    /// Takes in what follows of the journal; throws for a batch that does not fit.
    package mutating func take(_ batches: [JournalBatch]) throws(Broker.Misfit) {
        for batch in batches where batch.after < end {
            var rows = HistoryRows()
            try projector.project(batch, into: &rows)
            for draft in rows.items {
                // Items of the anchor's own revision may be gone already.
                if draft.revision > anchorRevision { drafts.append(draft) } else { age(draft) }
            }
        }
    }

    /// What is too old goes together with all before it.
    private mutating func age(_ draft: AuditDraft) {
        if draft.at < keepBefore {
            young = []
        } else if young.count < AuditReport.findingCountMax {
            young.append(draft)
        }
    }

    /// Items of revisions up to this one are not compared.
    private var untold: UInt64 { max(floor, anchorRevision) }

    /// Compares the items of what was taken in.
    ///
    /// - Parameters:
    ///   - isLast: whether nothing more of the journal comes.
    ///   - read: reads what is behind a number.
    /// - Returns: what differs.
    package mutating func differences(
        isLast: Bool, read: (_ sequence: UInt64) throws(HistoryError) -> ChainPiece
    ) throws(HistoryError) -> [AuditReport.Finding] {
        var findings: [AuditReport.Finding] = []
        if projector.revision >= min(anchorRevision, end) {
            findings += young.map { missing($0, at: anchorSequence + 1) }
            young = []
        }
        repeat {
            while needsItems { take(try read(sequence)) }
            findings += walk(isLast: isLast).prefix(AuditReport.findingCountMax)
        } while needsItems
        return findings
    }

    private var needsItems: Bool { !isOutOfItems && items.count < drafts.count + Self.reach }

    private mutating func take(_ piece: ChainPiece) {
        for item in piece.items where item.sequence <= headSequence {
            // The first that is young enough begins it.
            if items.isEmpty, !isUnderWay, item.draft.revision <= untold {
                settled = item.sequence
            } else {
                items.append(item)
            }
        }
        let last = piece.unreadable ?? piece.items.last?.sequence
        // A number that no item has is the last that is looked at.
        isOutOfItems = last.map { $0 <= sequence || $0 >= headSequence } ?? true
        if let last, last > sequence { sequence = last }
    }

    /// Goes on as far as both are known.
    private mutating func walk(isLast: Bool) -> [AuditReport.Finding] {
        var findings: [AuditReport.Finding] = []
        var next = 0
        var at = 0
        defer {
            drafts.removeFirst(next)
            items.removeFirst(at)
        }
        while (isLast || next + Self.reach <= drafts.count)
            && (isOutOfItems || at + Self.reach <= items.count)
        {
            let draft = next < drafts.count ? drafts[next] : nil
            let item = at < items.count ? items[at] : nil
            switch (draft, item) {
            case (nil, nil):
                return findings
            case (let draft?, nil):
                findings.append(missing(draft, at: settled + 1))
                if settled < headSequence { settled += 1 }
                next += 1
            case (nil, let item?):
                // Of what the journal does not tell any more nothing is known.
                guard isAtEnd || item.draft.revision <= projector.revision else { return findings }
                if isUnderWay || item.draft.revision > untold {
                    findings.append(finding(.inserted, item))
                }
                settled = item.sequence
                at += 1
            case (let draft?, let item?):
                let step = step(drafts[next...].prefix(Self.reach), items[at...].prefix(Self.reach))
                switch step {
                case .same: isUnderWay = true
                case .other: findings.append(finding(.differs, item))
                case .draftAlone(let sequence):
                    findings.append(missing(draft, at: sequence))
                    settled = sequence - (sequence == item.sequence ? 1 : 0)
                case .itemAlone: findings.append(finding(.inserted, item))
                case .itemOlder: break
                }
                if step.takesDraft { next += 1 }
                if step.takesItem {
                    settled = item.sequence
                    at += 1
                }
            }
        }
        return findings
    }

    /// What a draft and an item are to each other.
    private enum Step {
        case same
        case other
        /// With the number that the draft's item has, or had.
        case draftAlone(UInt64)
        case itemAlone
        case itemOlder

        var takesDraft: Bool {
            switch self {
            case .same, .other, .draftAlone: true
            case .itemAlone, .itemOlder: false
            }
        }

        var takesItem: Bool {
            switch self {
            case .same, .other, .itemAlone, .itemOlder: true
            case .draftAlone: false
            }
        }
    }

    /// What the first of both are to each other, by what follows.
    private func step(_ drafts: ArraySlice<AuditDraft>, _ items: ArraySlice<AuditItem>) -> Step {
        let (draft, item) = (drafts[drafts.startIndex], items[items.startIndex])
        if item.stands(for: draft) { return .same }
        let (laterDrafts, laterItems) = (drafts.dropFirst(), items.dropFirst())
        if !isUnderWay {
            if item.draft.revision <= untold { return .itemOlder }
            // A lone one among older ones is none of the drafts'.
            if let later = laterItems.first, later.draft.revision <= untold { return .itemAlone }
        }
        if item.sequence > settled + 1 { return .draftAlone(settled + 1) }
        if let later = laterItems.first, let laterDraft = laterDrafts.first,
            later.stands(for: laterDraft)
        {
            return .other
        }
        if laterDrafts.contains(where: { item.stands(for: $0) }) {
            return .draftAlone(item.sequence)
        }
        if laterItems.contains(where: { $0.stands(for: draft) }) { return .itemAlone }
        // Revisions never go back: one that is above that of the next says nothing.
        if let later = laterItems.first, later.draft.revision < item.draft.revision {
            return .other
        }
        if item.draft.revision > draft.revision { return .draftAlone(item.sequence) }
        return item.draft.revision < draft.revision ? .itemAlone : .other
    }

    private func missing(_ draft: AuditDraft, at sequence: UInt64) -> AuditReport.Finding {
        AuditReport.Finding(.missing, sequence: sequence, revision: draft.revision)
    }

    private func finding(
        _ kind: AuditReport.Finding.Kind, _ item: AuditItem
    ) -> AuditReport.Finding {
        AuditReport.Finding(kind, sequence: item.sequence, revision: item.draft.revision)
    }
}

extension AuditItem {
    /// Whether it says what a draft says, names aside where they were replaced.
    fileprivate func stands(for draft: AuditDraft) -> Bool {
        switch seal {
        case .salt: return self.draft == draft
        case .digest:
            var named = self.draft
            named.names = draft.names
            return named == draft
        }
    }
}
