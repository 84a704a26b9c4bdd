package import BrokerCore
package import BrokerStore

/// What a check of the audit has found.
package struct AuditReport: Equatable, Sendable {
    /// Something that is not as it was written.
    package struct Finding: Hashable, Sendable {
        /// The texts are part of the API.
        package enum Kind: String, CaseIterable, Sendable {
            /// It is not what its digest stands for.
            case edited
            /// It is not there.
            case missing
            /// The journal knows nothing of it.
            case inserted
            /// The journal says something else.
            case differs
            /// Its names were taken away before their time.
            case sealedEarly = "sealed-early"
            /// The head that was written down is not in this chain.
            case head
            /// The journal cannot be read from this revision on, and what follows was not compared.
            case journal
        }

        package var kind: Kind
        package var sequence: UInt64
        /// Of the journal; nil where the row does not say.
        package var revision: UInt64?

        package init(_ kind: Kind, sequence: UInt64, revision: UInt64?) {
            self.kind = kind
            self.sequence = sequence
            self.revision = revision
        }
    }

    /// In the order in which they were met, at most `findingCountMax`.
    package var findings: [Finding]
    package var itemCount: UInt64
    package var anchor: ChainHead
    package var head: ChainHead
    /// The revision from which on the journal was compared.
    package var journalFrom: UInt64

    /// More would not be read by anybody.
    package static let findingCountMax = 100
}

/// Checks items in their sequence against their digests.
package struct AuditVerifier: Sendable {
    private let position: HistoryPosition
    private let namesBefore: Int64
    private let wanted: ChainHead?
    private var isWantedFound = false
    /// What the digest of the next item may follow: what the last one says, and, where that is wrong,
    /// what it should say behind what the one before it says.
    private var former: [[UInt8]]
    private var found: [AuditReport.Finding] = []
    /// Items without names that are younger than names have to be. One whose clock was ahead goes with
    /// what comes behind it.
    private var early: [AuditReport.Finding] = []
    private var itemCount: UInt64 = 0
    package private(set) var sequence: UInt64

    /// - Parameters:
    ///   - position: as of now; what is written later is not looked at.
    ///   - namesBefore: items from this instant on have their names, in milliseconds since the Unix
    ///     epoch.
    ///   - wanted: a head that was written down before.
    package init(_ position: HistoryPosition, namesBefore: Int64, wanted: ChainHead?) {
        self.position = position
        self.namesBefore = namesBefore
        self.wanted = wanted
        former = [position.anchor.digest]
        sequence = position.anchor.sequence
        meet(position.anchor.sequence, position.anchor.digest)
    }

    package var isAtEnd: Bool { sequence >= position.head.sequence }

    private mutating func meet(_ sequence: UInt64, _ digest: [UInt8]) {
        guard let wanted, wanted.sequence == sequence else { return }
        isWantedFound = wanted.digest == digest
    }

    /// The items behind `sequence`; none: there are none.
    package mutating func check(_ items: [AuditItem]) {
        guard !items.isEmpty else {
            miss(through: position.head.sequence)
            return
        }
        for item in items where item.sequence > sequence && !isAtEnd {
            let isNext = item.sequence == sequence + 1
            if !isNext { miss(through: min(item.sequence - 1, position.head.sequence)) }
            guard item.sequence <= position.head.sequence else { return }
            let digests = former.map { AuditChain.digest(of: item, after: $0) }
            // Behind a gap, or what cannot be read, there is nothing to follow.
            let isWhole = !isNext || former.isEmpty || digests.contains(item.digest)
            if !isWhole { add(.edited, item.sequence, item.draft.revision) }
            checkSeal(of: item)
            former = isWhole ? [item.digest] : [item.digest] + digests.prefix(1)
            sequence = item.sequence
            itemCount += 1
            meet(item.sequence, item.digest)
        }
    }

    private mutating func checkSeal(of item: AuditItem) {
        switch item.seal {
        case .salt:
            add(early)
            early = []
        case .digest:
            if item.draft.at < namesBefore {
                early = []
            } else if early.count < AuditReport.findingCountMax {
                early.append(
                    AuditReport.Finding(
                        .sealedEarly, sequence: item.sequence, revision: item.draft.revision))
            }
        }
    }

    /// An item that cannot be read.
    package mutating func skip(_ number: UInt64) {
        guard number > sequence, number <= position.head.sequence else {
            // Not a number that an item has: whatever stands there, nothing follows it.
            miss(through: position.head.sequence)
            return
        }
        if number > sequence + 1 { miss(through: number - 1) }
        add(.edited, number, nil)
        sequence = number
        itemCount += 1
        former = []
    }

    private mutating func miss(through last: UInt64) {
        guard last > sequence else { return }
        for number in (sequence + 1)...last {
            guard found.count < AuditReport.findingCountMax else { break }
            add(.missing, number, nil)
        }
        sequence = last
        former = []
    }

    private mutating func add(
        _ kind: AuditReport.Finding.Kind, _ sequence: UInt64, _ revision: UInt64?
    ) {
        add([AuditReport.Finding(kind, sequence: sequence, revision: revision)])
    }

    /// Adds what something else has found.
    package mutating func add(_ findings: [AuditReport.Finding]) {
        for finding in findings where found.count < AuditReport.findingCountMax {
            // What its digest has given away already is said once.
            let isKnown = found.contains {
                $0.sequence == finding.sequence && finding.kind == .differs
            }
            if !isKnown { found.append(finding) }
        }
    }

    /// What was found so far.
    package func report(journalFrom: UInt64) -> AuditReport {
        var report = AuditReport(
            findings: found, itemCount: itemCount, anchor: position.anchor, head: position.head,
            journalFrom: journalFrom)
        report.findings += early.prefix(
            max(0, AuditReport.findingCountMax - report.findings.count))
        if let wanted, !isWantedFound {
            report.findings.append(
                AuditReport.Finding(.head, sequence: wanted.sequence, revision: nil))
        }
        return report
    }
}

/// Compares items with what the journal makes of itself, as far as it reaches back.
package struct JournalComparison: Sendable {
    private var projector: HistoryProjector
    private let floor: UInt64
    /// Up to this revision items are gone because of their age, as the history says of itself.
    private let anchorRevision: UInt64
    private let anchorSequence: UInt64
    private let keepBefore: Int64
    private let end: UInt64
    /// The first of those drafts that are too young to be gone.
    private var young: [AuditDraft] = []
    private var drafts: [AuditDraft] = []
    private var items: [AuditItem] = []
    private var isOutOfItems = false
    private let headSequence: UInt64
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

    /// Whether there may be items of the revisions that were taken in.
    package var needsItems: Bool {
        !isOutOfItems && (items.last?.draft.revision ?? 0) <= projector.revision
    }

    /// The items behind `sequence`; none: there are none.
    package mutating func take(_ more: [AuditItem]) {
        guard let last = more.last, sequence < headSequence else {
            isOutOfItems = true
            return
        }
        sequence = last.sequence
        items += more.filter {
            $0.draft.revision > max(floor, anchorRevision) && $0.sequence <= headSequence
        }
    }

    /// An item that cannot be read; the chain's check names it.
    package mutating func skip(_ number: UInt64) { sequence = max(sequence + 1, number) }

    /// What differs in the revisions that were taken in.
    package mutating func differences() -> [AuditReport.Finding] {
        var findings: [AuditReport.Finding] = []
        var next = 0
        var at = 0
        let ripe = projector.revision
        if ripe >= min(anchorRevision, end) {
            findings += young.map { missing($0, after: anchorSequence) }
            young = []
        }
        while true {
            let draft = next < drafts.count ? drafts[next] : nil
            let item = at < items.count && items[at].draft.revision <= ripe ? items[at] : nil
            switch (draft, item) {
            case (nil, nil):
                drafts.removeFirst(next)
                items.removeFirst(at)
                return findings
            case (let draft?, nil):
                findings.append(missing(draft, after: at > 0 ? items[at - 1].sequence : sequence))
                next += 1
            case (nil, let item?):
                findings.append(finding(.inserted, item))
                at += 1
            case (let draft?, let item?):
                if item.draft.revision > draft.revision {
                    findings.append(missing(draft, after: item.sequence - 1))
                    next += 1
                } else if item.draft.revision < draft.revision {
                    findings.append(finding(.inserted, item))
                    at += 1
                } else {
                    if !item.stands(for: draft) { findings.append(finding(.differs, item)) }
                    next += 1
                    at += 1
                }
            }
        }
    }

    private func missing(_ draft: AuditDraft, after sequence: UInt64) -> AuditReport.Finding {
        AuditReport.Finding(.missing, sequence: sequence + 1, revision: draft.revision)
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
