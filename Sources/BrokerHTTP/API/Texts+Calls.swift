import BrokerText

/// What calls answer that are refused before the broker decides anything.
extension Text {
    // MARK: What is asked for

    static func missingPool(_ name: String) -> Text {
        Text("There is no pool \(name).", "Il n'y a pas de parc \(name).")
    }

    static func missingGroup(_ name: String) -> Text {
        Text("There is no group \(name).", "Il n'y a pas de groupe \(name).")
    }

    static func missingSeat(_ name: String) -> Text {
        Text("There is no seat \(name).", "Il n'y a pas de poste \(name).")
    }

    static func missingUser(_ name: String) -> Text {
        Text("There is no user \(name).", "Il n'y a pas d'utilisateur \(name).")
    }

    static let noRota = Text("The site has no rota.", "Le site n'a pas de planning.")

    static func rotaFailed(_ why: Text) -> Text {
        Text(
            "The rota cannot be worked out now: \(why.english)",
            "Le planning ne peut être calculé en ce moment : \(why.french)")
    }

    static func journalNotRead(_ why: String) -> Text {
        Text("The journal was not read: \(why)", "Le journal n'a pas été lu : \(why)")
    }

    static let replayUnderWay = Text(
        "Another replay is under way; wait for it.", "Un autre rejeu est en cours ; attendez-le.")

    static func configurationNotRead(_ why: String) -> Text {
        Text("The configuration was not read: \(why)", "La configuration n'a pas été lue : \(why)")
    }

    /// A mistake in a file, and how many more there are.
    static func more(_ mistake: Text, _ count: Int) -> Text {
        Text(
            "\(mistake.english) (\(count) more)",
            "\(mistake.french) (et \(count) de plus)")
    }

    // MARK: Paths, queries, headers

    static let brokenPath = Text(
        "The path is not valid percent-encoded UTF-8, or has control characters.",
        "Le chemin n'est pas de l'UTF-8 correctement encodé par des %, ou a des caractères de "
            + "commande.")
    static let brokenQuery = Text(
        "The query is not valid percent-encoded UTF-8, or has control characters.",
        "Les paramètres ne sont pas de l'UTF-8 correctement encodé par des %, ou ont des caractères "
            + "de commande.")
    static let noSuchCall = Text(
        "There is no such call; /v1/openapi.json lists those there are.",
        "Cet appel n'existe pas ; /v1/openapi.json donne la liste de ceux qui existent.")

    static func otherMethods(_ allowed: String, _ method: String) -> Text {
        Text(
            "This path takes \(allowed), not \(method).",
            "Ce chemin accepte \(allowed), et non \(method).")
    }

    static func unknownParameter(_ name: String, known: String) -> Text {
        Text(
            "Unknown query parameter \(name); known here: \(known).",
            "Paramètre inconnu : \(name) ; connus ici : \(known).")
    }

    static func unknownParameter(_ name: String) -> Text {
        Text(
            "Unknown query parameter \(name); known here: none.",
            "Paramètre inconnu : \(name) ; aucun n'est connu ici.")
    }

    static func parameterTwice(_ name: String) -> Text {
        Text(
            "The query parameter \(name) is given twice.",
            "Le paramètre \(name) est donné deux fois.")
    }

    static let limitRange = Text(
        "The query parameter limit is from 1 to 1000.", "Le paramètre limit va de 1 à 1000.")
    static let badCursor = Text(
        "The query parameter after is what \"next\" said in an earlier answer.",
        "Le paramètre after est ce que \"next\" disait dans une réponse précédente.")

    static func parameterFlag(_ name: String) -> Text {
        Text(
            "The query parameter \(name) is true or false.",
            "Le paramètre \(name) est true ou false.")
    }

    static func parameterRevision(_ name: String) -> Text {
        Text(
            "The query parameter \(name) is a revision: a number.",
            "Le paramètre \(name) est une révision : un nombre.")
    }

    static func parameterInstantOrDate(_ name: String) -> Text {
        Text(
            "The query parameter \(name) is an instant of RFC 3339 or a date, such as "
                + "2026-11-24T12:00:00Z or 2026-11-24.",
            "Le paramètre \(name) est un instant selon RFC 3339 ou une date, comme "
                + "2026-11-24T12:00:00Z ou 2026-11-24.")
    }

    static let atInstant = Text(
        "The query parameter at is an instant of RFC 3339, such as 2026-11-24T12:00:00Z.",
        "Le paramètre at est un instant selon RFC 3339, comme 2026-11-24T12:00:00Z.")
    static let atPast = Text(
        "The query parameter at lies in the past.", "Le paramètre at est dans le passé.")
    static let fromAfterTo = Text(
        "The query parameter from lies before the parameter to.",
        "Le paramètre from précède le paramètre to.")

    static func daysApart(_ days: Int) -> Text {
        Text(
            "From and to are \(days) days apart at most.",
            "De from à to il y a au plus \(days) jours.")
    }

    static let rotaTooLong = Text(
        "That is too long for so many groups: ask for fewer days.",
        "C'est trop long pour autant de groupes : demandez moins de jours.")
    static let sinceMissing = Text(
        "Say from when on requests count, as in since=2026-11-17T08:00:00Z.",
        "Dites à partir de quand les demandes comptent, comme since=2026-11-17T08:00:00Z.")
    static let siteMissing = Text(
        "The site is missing. To take all pools and groups away, send a comment.",
        "Le site est absent. Pour supprimer tous les parcs et tous les groupes, envoyez un "
            + "commentaire.")
    static let replaySiteMissing = Text(
        "The site is missing. To try one without pools and groups, send a comment.",
        "Le site est absent. Pour en essayer un sans parcs ni groupes, envoyez un commentaire.")
    static let leaseStates = Text(
        "The query parameter state is active, ending, ended, or several of them with commas "
            + "between.",
        "Le paramètre state est active, ending, ended, ou plusieurs d'entre eux séparés par des "
            + "virgules.")

    static func seatStates(_ all: String) -> Text {
        Text(
            "The query parameter state is one or several of \(all), with commas between.",
            "Le paramètre state est un ou plusieurs de \(all), séparés par des virgules.")
    }

    static let idempotencyKey = Text(
        "Idempotency-Key is one text of 1 to 255 printable ASCII characters, bare or in double "
            + "quotes.",
        "Idempotency-Key est un texte de 1 à 255 caractères ASCII imprimables, nu ou entre "
            + "guillemets doubles.")

    static func noMember(_ text: String) -> Text {
        Text(
            "A member is a user's name, or @ and the name of a unix group; \(text) is neither.",
            "Un membre est le nom d'un utilisateur, ou @ et le nom d'un groupe unix ; \(text) n'est "
                + "ni l'un ni l'autre.")
    }

    // MARK: Who asks

    static let monitoringOnly = Text(
        "This listener answers status and health only. Use the agent or the control socket.",
        "Ce point d'accès ne donne que l'état et la santé. Utilisez le socket des agents ou celui "
            + "d'administration.")
    static let agentsOnly = Text(
        "Everybody is only an agent on this socket, root too. Use the control socket.",
        "Sur ce socket chacun n'est qu'agent, root aussi. Utilisez le socket d'administration.")

    static func noName(uid: UInt32) -> Text {
        Text(
            "User number \(uid) has no name here.",
            "L'utilisateur numéro \(uid) n'a pas de nom ici.")
    }

    static func lacksRole(_ user: String, roles: Text) -> Text {
        Text(
            "User \(user) lacks the role \(roles.english), which this call takes here.",
            "L'utilisateur \(user) n'a pas le rôle \(roles.french) que cet appel demande ici.")
    }

    static let holderElsewhere = Text(
        "On this socket you request a seat for yourself; \"holder\" is for gateways and admins on "
            + "the control socket.",
        "Sur ce socket on demande un poste pour soi-même ; \"holder\" est réservé aux passerelles et "
            + "aux administrateurs, sur le socket d'administration.")

    static func unknownHolder(_ name: String) -> Text {
        Text(
            "The name service knows no user \(name); say \"holder_groups\" for a person whom it does "
                + "not know.",
            "Le service de noms ne connaît pas l'utilisateur \(name) ; donnez \"holder_groups\" pour "
                + "une personne qu'il ne connaît pas.")
    }

    static let holderName = Text(
        "A holder's name has 1 to 256 bytes and no control characters.",
        "Le nom d'un titulaire a de 1 à 256 octets et aucun caractère de contrôle.")
    static let ownLeases = Text(
        "On this socket you see your own leases.",
        "Sur ce socket on ne voit que ses propres attributions.")
    static let ownExplanation = Text(
        "On this socket you may ask about yourself.",
        "Sur ce socket on ne peut interroger que sur soi-même.")

    // MARK: Connections

    static func otherProtocol(_ name: String) -> Text {
        Text(
            "The seat is reached by \(name), not by RDP; ask for JSON.",
            "Le poste se joint par \(name), et non par RDP ; demandez du JSON.")
    }

    static let unusableHost = Text(
        "The seat's host cannot stand in an .rdp file; ask for JSON.",
        "L'hôte du poste ne peut figurer dans un fichier .rdp ; demandez du JSON.")

    // MARK: The broker's own state

    static let noSpace = Text(
        "The broker's disk is full. Nothing was done; leases can still be released. Tell an "
            + "administrator to make space.",
        "Le disque du service est plein. Rien n'a été fait ; les attributions peuvent encore être "
            + "rendues. Demandez à un administrateur de faire de la place.")
    static let namesUnavailable = Text(
        "The name service does not answer. Try again in a moment.",
        "L'annuaire ne répond pas. Réessayez dans un instant.")
    static let stopping = Text(
        "The broker is stopping; it will be back in a moment.",
        "Le service s'arrête ; il reviendra dans un instant.")
    static let writerStuck = Text(
        "The writer has not moved for some seconds.",
        "L'écriture est bloquée depuis quelques secondes.")
    static let diskFull = Text(
        "The disk is full: leases can only be released.",
        "Le disque est plein : les attributions peuvent seulement être rendues.")
}
