import BrokerText

/// What `brokerctl audit` says.
extension Text {
    static let aboutAudit = Text(
        "Show who did what, and check that nobody changed the record.",
        "Montre qui a fait quoi, et vérifie que personne n'a modifié la trace.")
    static let aboutAuditList = Text(
        "List who did what, oldest first.",
        "Liste qui a fait quoi, le plus ancien d'abord.")
    static let moreAuditList = Text(
        """
        Without --from, what happened in the last 24 hours. Once it is old enough, names are \
        replaced by pseudonyms, which begin with ~, and reasons are dropped.
        """,
        """
        Sans --from, ce qui s'est passé ces dernières 24 heures. Passé un délai, les noms sont \
        remplacés par des pseudonymes, qui commencent par ~, et les motifs sont effacés.
        """)
    static let aboutAuditVerify = Text(
        "Check that nobody has changed the audit.",
        "Vérifie que personne n'a modifié l'audit.")
    static let moreAuditVerify = Text(
        """
        Every item is checked against its digest, and against the journal as far as that reaches \
        back. Whatever was edited, removed, inserted or moved is named; the exit code is 65 then.
        """,
        """
        Chaque élément est vérifié par son empreinte, et par le journal aussi loin que celui-ci \
        remonte. Ce qui a été modifié, ôté, inséré ou déplacé est nommé ; le code de retour est \
        alors 65.
        """)
    static let auditFrom = Text(
        "From this instant on: 2026-11-24T08:00 or 08:00.",
        "À partir de cet instant : 2026-11-24T08:00 ou 08:00.")
    static let auditTo = Text(
        "Before this instant.",
        "Avant cet instant.")
    static let auditActor = Text(
        "Only what this user did, by name or number.",
        "Seulement ce que cet utilisateur a fait, par son nom ou son numéro.")
    static let auditVerb = Text(
        "Only this verb, as pool-drain.",
        "Seulement ce verbe, comme pool-drain.")
    static let auditTarget = Text(
        "Only what was done to this, as pool/telework or holder/jdupont.",
        "Seulement ce qui a été fait à ceci, comme pool/telework ou holder/jdupont.")
    static let auditOutcome = Text(
        "Only this outcome: done, or what stood against it, as quota-exceeded.",
        "Seulement cette issue : done, ou ce qui s'y opposait, comme quota-exceeded.")
    static let auditHead = Text(
        "A head from the system's log, which has to be in the chain.",
        "Une tête prise dans le journal du système, qui doit être dans la chaîne.")
    static let auditHeadForm = Text(
        "a head is a number, a colon and 64 hexadecimal digits.",
        "une tête est un nombre, un deux-points et 64 chiffres hexadécimaux.")

    static func auditWhole(_ items: Int, _ head: String) -> Text {
        Text(
            "The audit is whole: \(items) items. Its head is \(head)",
            "L'audit est intact : \(items) éléments. Sa tête est \(head)")
    }

    static func historyFailed(_ reason: String) -> Text {
        Text(
            "The history takes nothing for now: \(reason)",
            "L'historique n'enregistre rien pour l'instant : \(reason)")
    }

    static let auditNotWholeOnce = Text(
        "the audit was changed: 1 finding.",
        "l'audit a été modifié : 1 constat.")

    static func auditNotWhole(_ count: Int) -> Text {
        guard count > 1 else { return .auditNotWholeOnce }
        return Text(
            "the audit was changed: \(count) findings.",
            "l'audit a été modifié : \(count) constats.")
    }
}
