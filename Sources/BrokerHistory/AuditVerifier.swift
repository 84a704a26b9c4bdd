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

    /// What is read behind `sequence`; nothing: there is nothing.
    package mutating func check(_ piece: ChainPiece) {
        if !piece.items.isEmpty || piece.unreadable == nil { check(piece.items) }
        if let number = piece.unreadable { skip(number) }
    }

    private mutating func check(_ items: [AuditItem]) {
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
    private mutating func skip(_ number: UInt64) {
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
            if !isKnown(finding) { found.append(finding) }
        }
    }

    /// Whether the chain has given it away already: each place is named once, whatever else the
    /// journal then says of it.
    private func isKnown(_ finding: AuditReport.Finding) -> Bool {
        switch finding.kind {
        case .missing, .differs, .inserted:
            // Those that the chain misses say nothing of a revision; those that the journal misses do.
            found.contains {
                $0.sequence == finding.sequence
                    && ($0.kind == .edited || $0.kind == .missing && $0.revision == nil)
            }
        case .edited, .sealedEarly, .head, .journal: false
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
