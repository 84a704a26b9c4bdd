import BrokerText

/// What options and arguments are for.
extension Text {
    static let watch = Text(
        "Show it again and again, until Ctrl-C.",
        "Affiche sans cesse, jusqu'à Ctrl-C.")
    static let interval = Text(
        "With --watch: how often (default: 2s).",
        "Avec --watch : à quel rythme (par défaut : 2s).")
    static let outputLease = Text(
        "How to print the lease; json is the API's body, env is for a shell's eval.",
        "Forme de la réponse ; json est le corps de l'API, env convient à l'eval "
            + "d'un shell.")
    static let grantPool = Text(
        "The pool (default: the first that will have you).",
        "Le parc (par défaut : le premier qui vous accepte).")
    static let grantGroup = Text(
        "The group to charge (default: the first that may).",
        "Le groupe imputé (par défaut : le premier qui a droit).")
    static let leaseIDs = Text(
        "Leases, by their ids (default: $BROKER_LEASE).",
        "Attributions, par leurs identifiants (par défaut : $BROKER_LEASE).")
    static let leaseID = Text(
        "The lease's id (default: $BROKER_LEASE).",
        "Identifiant de l'attribution (par défaut : $BROKER_LEASE).")
    static let onlyPool = Text(
        "Only of this pool.",
        "Seulement celles ou ceux de ce parc.")
    static let onlyGroup = Text(
        "Only of this group.",
        "Seulement celles de ce groupe.")
    static let onlyHolder = Text(
        "Only of this person.",
        "Seulement celles de cette personne.")
    static let onlyLeaseStates = Text(
        "Only in this state, active, ending or ended; may be repeated (default: live "
            + "ones).",
        "Seulement dans cet état, active, ending ou ended ; peut être répété (par "
            + "défaut : celles en cours).")
    static let renewTTL = Text(
        "How long it may run from now, as 90s, 30m or 4h (default: as it was "
            + "granted).",
        "Durée à partir de maintenant, comme 90s, 30m ou 4h (par défaut : celle de "
            + "l'attribution).")
    static let revokeGrace = Text(
        "How long the holder may still finish, as 90s or 5m.",
        "Temps laissé au titulaire pour finir, comme 90s ou 5m.")
    static let waitTime = Text(
        "How long to wait in line where there is no seat at once, as 60s or 2h.",
        "Temps d'attente dans la file quand aucun poste n'est libre, comme 60s ou 2h.")
    static let requestTTL = Text(
        "How long the lease may run, as 90s, 30m or 4h (default: the pool's).",
        "Durée de l'attribution, comme 90s, 30m ou 4h (par défaut : celle du parc).")
    static let requestKey = Text(
        "Makes a repeat answer as the first did, for a day; with --wait the place in "
            + "line is known by it (default then: a random one).",
        "Pendant un jour, la même demande reçoit la même réponse ; avec --wait, la "
            + "clé désigne la place dans la file (par défaut : une clé au hasard).")
    static let holder = Text(
        "For somebody else, over the control socket: for gateways and PAM.",
        "Pour quelqu'un d'autre, par le socket d'administration : pour les "
            + "passerelles et PAM.")
    static let holderGroup = Text(
        "A unix group that you vouch for; may be repeated (default: the name "
            + "service's).",
        "Un groupe unix dont vous vous portez garant ; peut être répété (par "
            + "défaut : ceux de l'annuaire).")
    static let runTTL = Text(
        "How long the lease outlives this command if it is killed (default: 2m).",
        "Temps pendant lequel l'attribution survit à cette commande si elle est tuée "
            + "(par défaut : 2m).")
    static let runKey = Text(
        "That of a lease request with the same --pool, --group, --ttl and --holder: "
            + "the lease that it was given is kept, and released at the end (default: a "
            + "random one).",
        "Celle d'un lease request avec les mêmes --pool, --group, --ttl et "
            + "--holder : l'attribution qu'il a reçue est gardée, et rendue à la fin (par "
            + "défaut : une clé au hasard).")
    static let onNotice = Text(
        "Run by sh whenever the end of the lease is announced, as: notify-send "
            + "\"Your seat ends in $BROKER_NOTICE_SECONDS s\".",
        "Lancée par sh chaque fois que la fin de l'attribution est annoncée, comme : "
            + "notify-send \"Votre poste se ferme dans $BROKER_NOTICE_SECONDS s\".")
    static let runCommand = Text(
        "After --: the command and its arguments.",
        "Après -- : la commande et ses arguments.")
    static let thePool = Text(
        "The pool.",
        "Le parc.")
    static let createName = Text(
        "The pool's name.",
        "Le nom du parc.")
    static let createSize = Text(
        "Seats in all (default: the number listed).",
        "Nombre de postes en tout (par défaut : ceux qui sont énumérés).")
    static let createSeatName = Text(
        "Names of the seats, with %d or %04d for the index (default: <name>-%04d).",
        "Noms des postes, avec %d ou %04d pour le numéro (par défaut : <name>-%04d).")
    static let createSeatHost = Text(
        "Hosts of the seats, in the same way (default: the seat's name).",
        "Hôtes des postes, de la même façon (par défaut : le nom du poste).")
    static let createSeatURL = Text(
        "Addresses, for the protocol url.",
        "Adresses, pour le protocole url.")
    static let createPort = Text(
        "The port of the seats (default: the protocol's).",
        "Le port des postes (par défaut : celui du protocole).")
    static let createProtocol = Text(
        "rdp, vnc, spice, ssh or url (default: rdp).",
        "rdp, vnc, spice, ssh ou url (par défaut : rdp).")
    static let createTTL = Text(
        "How long a lease runs that names no ttl, as 8h.",
        "Durée d'une attribution demandée sans durée, comme 8h.")
    static let createTTLMax = Text(
        "The longest that a lease may ask for.",
        "La plus longue durée qui puisse être demandée.")
    static let createSeat = Text(
        "A seat of its own: name=cad-01[,host=…][,port=…][,url=…][,agent=USER]; "
            + "repeatable.",
        "Un poste à part : name=cad-01[,host=…][,port=…][,url=…][,agent=USER] ; peut "
            + "être répété.")
    static let poolRevision = Text(
        "Only if this is the pool's revision still.",
        "Seulement si la révision du parc est encore celle-ci.")
    static let resizeSize = Text(
        "Seats in all.",
        "Nombre de postes en tout.")
    static let uncordonReason = Text(
        "Why, for the journal.",
        "Le motif, pour le journal.")
    static let theSeats = Text(
        "Seats, also as ranges such as vdi-[0001-0300].",
        "Postes, aussi par plages comme vdi-[0001-0300].")
    static let onlySeatState = Text(
        "Only in this state.",
        "Seulement dans cet état.")
    static let theGroup = Text(
        "The group.",
        "Le groupe.")
    static let setMember = Text(
        "A user, or a unix group as @name; all of them.",
        "Un utilisateur, ou un groupe unix sous la forme @nom ; tous sont à donner.")
    static let setPool = Text(
        "A pool that it may use; all of them, in order.",
        "Un parc auquel il a accès ; tous sont à donner, dans l'ordre.")
    static let setQuota = Text(
        "Most leases at once, or none.",
        "Nombre maximal d'attributions à la fois, ou none.")
    static let setReserve = Text(
        "Seats that others may not take; as pool=n with several pools, repeatable.",
        "Postes que les autres ne peuvent prendre ; sous la forme parc=n s'il y a "
            + "plusieurs parcs ; peut être répété.")
    static let setSlots = Text(
        "When it may enter: slots of the rota, as mon.am,tue.pm, with the week of a "
            + "cycle before them as 2.mon.am.",
        "Quand il peut entrer : créneaux du planning, comme mon.am,tue.pm, précédés "
            + "de la semaine du cycle comme 2.mon.am.")
    static let setAnyTime = Text(
        "Let it enter at any time: no slots.",
        "Le laisse entrer à tout moment : pas de créneaux.")
    static let when = Text(
        "When: 13:00, 'tomorrow 08:00' or '2026-11-30 13:00' by this terminal's "
            + "clock, or an instant with its zone, as 2026-11-30T12:00:00Z (default: now).",
        "Quand : 13:00, 'tomorrow 08:00' ou '2026-11-30 13:00' à l'horloge de ce "
            + "terminal, ou un instant avec son fuseau, comme 2026-11-30T12:00:00Z (par "
            + "défaut : maintenant).")
    static let rotaFrom = Text(
        "From when on: a date as 2026-11-30, 'today', 'tomorrow', or an instant as "
            + "for --at.",
        "À partir de quand : une date comme 2026-11-30, 'today', 'tomorrow', ou un "
            + "instant comme pour --at.")
    static let rotaTo = Text(
        "Until when, not included (default: a week after --from).",
        "Jusqu'à quand, non compris (par défaut : une semaine après --from).")
    static let queuePool = Text(
        "Only who waits for this pool.",
        "Seulement qui attend dans ce parc.")
    static let queueGroup = Text(
        "Only who waits as this group.",
        "Seulement qui attend au titre de ce groupe.")
    static let siteFile = Text(
        "The site file; - for standard input.",
        "Le fichier du site ; - pour l'entrée standard.")
    static let explainAgent = Text(
        "The person (default: yourself).",
        "La personne (par défaut : vous-même).")
    static let explainPool = Text(
        "The pool (default: all that the person's groups may use).",
        "Le parc (par défaut : tous ceux des groupes de la personne).")
    static let replaySite = Text(
        "The site file to try; - for standard input.",
        "Le fichier du site à essayer ; - pour l'entrée standard.")
    static let replaySince = Text(
        "From when on: so long ago, as 7d or 12h, or an instant, as 'yesterday "
            + "08:00' by this terminal's clock or 2026-11-17T08:00:00Z.",
        "À partir de quand : il y a tant, comme 7d ou 12h, ou un instant, comme "
            + "'yesterday 08:00' à l'horloge de ce terminal ou 2026-11-17T08:00:00Z.")
    static let queryPath = Text(
        "Path and query, as /v1/status.",
        "Chemin et paramètres, comme /v1/status.")
    static let queryOutput = Text(
        "How to print the answer; json is the body, unchanged.",
        "Forme de la réponse ; json est le corps, inchangé.")
    static let backupFile = Text(
        "The file; a regular one that is there is replaced.",
        "Le fichier ; un fichier ordinaire qui est là est remplacé.")
    static let outputForm = Text(
        "How to print the answer; json is the API's body, unchanged.",
        "Forme de la réponse ; json est le corps de l'API, inchangé.")
    static let yes = Text(
        "Do it without asking.",
        "Ne demande pas de confirmation.")
    static let dryRun = Text(
        "Show what would happen, and do nothing.",
        "Montre ce qui se passerait, et ne fait rien.")
    static let siteRevision = Text(
        "Only if no admin has changed the site since this revision, which a dry run "
            + "tells.",
        "Seulement si aucun administrateur n'a changé le site depuis cette révision, "
            + "que donne un essai à blanc.")
    static let reason = Text(
        "Why; the people it concerns see it.",
        "Le motif ; les personnes concernées le voient.")
    static let drainDeadline = Text(
        "So long after the start, what is left is ended, as 30m (default: never, "
            + "leases run out).",
        "Tant après le début, ce qui reste prend fin, comme 30m (par défaut : "
            + "jamais, les attributions courent jusqu'à leur fin).")
    static let drainAt = Text(
        "When to start: 13:00, 'today 13:00', 'tomorrow 08:00' or '2026-11-30 13:00' "
            + "by this terminal's clock, an instant with its zone, or window-end, when the "
            + "next window of a group that may use it ends (default: at once).",
        "Quand commencer : 13:00, 'today 13:00', 'tomorrow 08:00' ou '2026-11-30 "
            + "13:00' à l'horloge de ce terminal, un instant avec son fuseau, ou "
            + "window-end, à la fin de la prochaine plage d'un groupe qui y a accès (par "
            + "défaut : tout de suite).")
    static let socket = Text(
        "The broker's socket (default: $BROKERD_SOCKET, else the control socket "
            + "where it is needed and may be opened, else the agent socket).",
        "Le socket du service (par défaut : $BROKERD_SOCKET, sinon le socket "
            + "d'administration s'il le faut et s'il peut être ouvert, sinon celui des "
            + "agents).")
}
