import BrokerText

/// What each command is for.
extension Text {
    static let aboutRoot = Text(
        "Request, watch and administer the seats that brokerd grants.",
        "Demande, suit et administre les postes que brokerd attribue.")
    static let aboutStatus = Text(
        "Show the broker, its pools and its groups.",
        "Montre le service, ses parcs et ses groupes.")
    static let aboutLease = Text(
        "Request and handle leases.",
        "Demande et gère des attributions.")
    static let aboutLeaseList = Text(
        "List leases: all where you may see them, else your own.",
        "Liste les attributions : toutes si vous y avez droit, sinon les vôtres.")
    static let aboutLeaseShow = Text(
        "Show a lease, an ended one too while history keeps it.",
        "Montre une attribution, terminée aussi tant que l'historique la garde.")
    static let aboutLeaseRenew = Text(
        "Let a lease run longer; it never gets shorter by this.",
        "Prolonge une attribution ; elle n'en devient jamais plus courte.")
    static let aboutLeaseRelease = Text(
        "Give seats back; once more does no harm.",
        "Rend des postes ; une fois de plus ne nuit pas.")
    static let aboutLeaseRevoke = Text(
        "End other people's leases.",
        "Met fin à des attributions d'autres personnes.")
    static let aboutLeaseRequest = Text(
        "Request a seat, or get back the lease that you hold already.",
        "Demande un poste, ou rend l'attribution que vous détenez déjà.")
    static let aboutRun = Text(
        "Hold a lease while a command runs.",
        "Détient une attribution tant qu'une commande s'exécute.")
    static let aboutPool = Text(
        "Show and change pools.",
        "Montre et modifie les parcs.")
    static let aboutPoolList = Text(
        "List all pools.",
        "Liste tous les parcs.")
    static let aboutPoolShow = Text(
        "Show one pool.",
        "Montre un parc.")
    static let aboutPoolCreate = Text(
        "Create a pool.",
        "Crée un parc.")
    static let aboutPoolDelete = Text(
        "Delete a pool that has no leases.",
        "Supprime un parc sans attributions.")
    static let aboutPoolResize = Text(
        "Give a pool another number of seats.",
        "Change le nombre de postes d'un parc.")
    static let aboutPoolCordon = Text(
        "Give no new leases out of a pool.",
        "Ferme un parc aux nouvelles attributions.")
    static let aboutPoolUncordon = Text(
        "Open a pool again; calls a drain off, too.",
        "Rouvre un parc ; annule aussi un vidage.")
    static let aboutPoolDrain = Text(
        "Empty a pool: no new leases, and the old ones end.",
        "Vide un parc : plus de nouvelles attributions, et les anciennes prennent "
            + "fin.")
    static let aboutSeat = Text(
        "Show and handle seats.",
        "Montre et gère les postes.")
    static let aboutSeatList = Text(
        "List seats.",
        "Liste les postes.")
    static let aboutSeatShow = Text(
        "Show seats.",
        "Montre des postes.")
    static let aboutSeatCordon = Text(
        "Give seats to nobody else; who has one keeps it.",
        "Ferme des postes aux autres ; qui en a un le garde.")
    static let aboutSeatUncordon = Text(
        "Give seats out again; calls a drain off, too.",
        "Rouvre des postes ; annule aussi un vidage.")
    static let aboutSeatDrain = Text(
        "Empty seats: cordon them, and end the leases on them.",
        "Vide des postes : les ferme, et met fin à leurs attributions.")
    static let aboutGroup = Text(
        "Show and change groups.",
        "Montre et modifie les groupes.")
    static let aboutGroupList = Text(
        "List all groups.",
        "Liste tous les groupes.")
    static let aboutGroupShow = Text(
        "Show one group.",
        "Montre un groupe.")
    static let aboutGroupDelete = Text(
        "Delete a group; its leases run out by themselves.",
        "Supprime un groupe ; ses attributions courent jusqu'à leur fin.")
    static let aboutGroupSet = Text(
        "Create a group, or change what the options name of one.",
        "Crée un groupe, ou change ce que les options nomment.")
    static let aboutRota = Text(
        "Show which group may enter when.",
        "Montre quel groupe peut entrer quand.")
    static let aboutRotaShow = Text(
        "Show a week as a grid, or what lies between two instants.",
        "Montre une semaine en grille, ou ce qui se trouve entre deux instants.")
    static let aboutRotaNow = Text(
        "Show which groups may enter now, and until when.",
        "Montre quels groupes peuvent entrer maintenant, et jusqu'à quand.")
    static let aboutRotaNext = Text(
        "Show the next window of each group, the soonest first.",
        "Montre la prochaine plage de chaque groupe, la plus proche d'abord.")
    static let aboutQueue = Text(
        "List who waits for a seat, in order.",
        "Liste qui attend un poste, dans l'ordre.")
    static let aboutSite = Text(
        "Apply and export the whole site as a file.",
        "Applique et exporte le site entier sous forme de fichier.")
    static let aboutSiteApply = Text(
        "Make the site as a file says, all of it or nothing.",
        "Rend le site conforme à un fichier, en entier ou pas du tout.")
    static let aboutSiteExport = Text(
        "Print the site as the file that would make it.",
        "Affiche le site sous la forme du fichier qui le produirait.")
    static let aboutExplain = Text(
        "Say whether somebody would get a seat, and by which rules.",
        "Dit si quelqu'un obtiendrait un poste, et selon quelles règles.")
    static let aboutReplay = Text(
        "Say what would have become of past requests under another site.",
        "Dit ce que seraient devenues les demandes passées avec un autre site.")
    static let aboutQuery = Text(
        "GET any path of the API, and print the answer.",
        "Fait un GET de n'importe quel chemin de l'API, et affiche la réponse.")
    static let aboutReload = Text(
        "Let the daemon read its configuration again; a bad one changes nothing.",
        "Fait relire sa configuration au service ; une mauvaise ne change rien.")
    static let aboutBackup = Text(
        "Write a consistent copy of the broker's state to a file, while it serves.",
        "Écrit une copie cohérente de l'état du service dans un fichier, sans "
            + "l'arrêter.")
}

/// What else is to be said of a command.
extension Text {
    static let exitCodes = Text(
        "Exit codes: 0 done; 1 failed; 64 wrong usage; 65 the data was refused; 66 "
            + "no such pool, seat, group or lease; 69 the daemon cannot be reached; 75 not "
            + "now, try again later; 77 not allowed; 79 run lost its lease; 124 the time "
            + "of --wait has passed.",
        "Codes de retour : 0 fait ; 1 échec ; 64 usage incorrect ; 65 données "
            + "refusées ; 66 parc, poste, groupe ou attribution inconnu ; 69 service "
            + "injoignable ; 75 pas maintenant, réessayez plus tard ; 77 non autorisé ; 79 "
            + "run a perdu son attribution ; 124 le temps de --wait est écoulé.")
    static let moreLeaseRequest = Text(
        "With --wait a request stands in line until it has its seat; stderr shows "
            + "its place, and Ctrl-C leaves the line. A connection that breaks, as at a "
            + "restart of the daemon, costs no place: brokerctl is back within 30 s. Exit "
            + "codes: 124 when the time to wait has passed, 75 when there is no seat and "
            + "nothing to wait for.",
        "Avec --wait, la demande reste dans la file jusqu'à obtenir un poste ; la "
            + "sortie d'erreur montre sa place, et Ctrl-C quitte la file. Une connexion "
            + "rompue, comme au redémarrage du service, ne coûte pas la place : brokerctl "
            + "est de retour dans les 30 s. Codes de retour : 124 quand le temps d'attente "
            + "est écoulé, 75 quand il n'y a ni poste ni attente possible.")
    static let moreRun = Text(
        "The command finds the lease in BROKER_LEASE, BROKER_TOKEN, BROKER_SEAT, "
            + "BROKER_HOST, BROKER_PORT, BROKER_PROTOCOL and BROKER_EXPIRES. The lease is "
            + "renewed while it runs and released when it ends; a lease that you held "
            + "before is left to you. With --wait it stands in line as lease request does. "
            + "When the lease's end comes near, run says so, and runs the command of "
            + "--on-notice with BROKER_NOTICE_SECONDS, BROKER_NOTICE_REASON and "
            + "BROKER_ENDS_AT. Exit codes are the command's own, 128 and a signal's "
            + "number, 126 or 127 when it cannot be run, and 79 when the lease was lost, "
            + "upon which the command is sent SIGTERM and, 5 s later, SIGKILL; without a "
            + "lease, those of lease request. In a unit of systemd, Type=notify counts it "
            + "as started once it has the lease.",
        "La commande trouve l'attribution dans BROKER_LEASE, BROKER_TOKEN, "
            + "BROKER_SEAT, BROKER_HOST, BROKER_PORT, BROKER_PROTOCOL et BROKER_EXPIRES. "
            + "L'attribution est prolongée tant qu'elle s'exécute et rendue quand elle se "
            + "termine ; une attribution que vous déteniez avant vous reste. Avec --wait, "
            + "run reste dans la file comme lease request. Quand la fin approche, run le "
            + "dit, et lance la commande de --on-notice avec BROKER_NOTICE_SECONDS, "
            + "BROKER_NOTICE_REASON et BROKER_ENDS_AT. Codes de retour : celui de la "
            + "commande, 128 et le numéro d'un signal, 126 ou 127 si elle ne peut être "
            + "lancée, et 79 si l'attribution a été perdue : la commande reçoit alors "
            + "SIGTERM et, 5 s plus tard, SIGKILL ; sans attribution, ceux de lease "
            + "request. Dans une unité systemd, Type=notify la tient pour démarrée dès "
            + "qu'elle a l'attribution.")
    static let morePoolCreate = Text(
        "Seats are named by a pattern, listed one by one, or both: listed ones come "
            + "first, the pattern fills the rest from index 1.",
        "Les postes sont nommés par un modèle, énumérés un à un, ou les deux : ceux "
            + "qui sont énumérés viennent d'abord, le modèle fait le reste à partir du "
            + "numéro 1.")
    static let morePoolResize = Text(
        "Growth is at once. Shrinking takes free seats first; leased ones go as "
            + "their leases end, which then cannot be extended.",
        "Un parc grandit aussitôt. Pour rétrécir, il perd d'abord ses postes "
            + "libres ; ceux qui sont attribués partent à la fin de leur attribution, qui "
            + "ne peut plus être prolongée.")
    static let morePoolDrain = Text(
        "What Windows calls drain mode is cordon here. A drain that is to come "
            + "leaves the pool open until it starts; uncordon calls it off, and a new one "
            + "replaces it.",
        "Ce que Windows appelle mode de vidage est ici cordon. Un vidage à venir "
            + "laisse le parc ouvert jusqu'à son début ; uncordon l'annule, et un autre le "
            + "remplace.")
    static let moreSeat = Text(
        "Seats are named one by one or as a range: vdi-[0001-0300], cad-[1-3,7].",
        "Les postes sont nommés un à un ou par plage : vdi-[0001-0300], cad-[1-3,7].")
    static let moreGroupSet = Text(
        "A quota below what is in use revokes nobody: it refuses new leases until "
            + "usage is below. Slots that leave out the present let the group's leases end "
            + "after the rota's grace, which asks first.",
        "Un quota inférieur à ce qui est occupé ne retire rien à personne : il "
            + "refuse de nouvelles attributions jusqu'à ce que l'usage soit dessous. Des "
            + "créneaux qui excluent l'heure présente mettent fin aux attributions du "
            + "groupe après le délai de grâce, ce qui demande confirmation.")
    static let moreRota = Text(
        "Dates and hours of slots are those of the house's zone, which is named; "
            + "instants are shown by this terminal's clock.",
        "Les dates et les heures des créneaux sont celles du fuseau de la maison, "
            + "qui est nommé ; les instants sont ceux de l'horloge de ce terminal.")
    static let moreRotaShow = Text(
        "Without --from and --to it is the week, Monday to Sunday, of --at; the slot "
            + "that runs then is green. With them, every slot is listed with its instants.",
        "Sans --from ni --to, c'est la semaine de --at, du lundi au dimanche ; le "
            + "créneau en cours est en vert. Avec eux, chaque créneau est donné avec ses "
            + "instants.")
    static let moreReplay = Text(
        "The requests that the journal has recorded are decided again, by the same "
            + "rules and with the site of a file. Nothing is changed. Counted are the "
            + "outcomes that differ, by group.",
        "Les demandes que le journal a enregistrées sont décidées de nouveau, selon "
            + "les mêmes règles et avec le site d'un fichier. Rien n'est changé. Sont "
            + "comptées, par groupe, les issues qui diffèrent.")
    static let moreQuery = Text(
        "For example: brokerctl query '/v1/leases?pool=telework&limit=5'",
        "Par exemple : brokerctl query '/v1/leases?pool=telework&limit=5'")
    static let moreBackup = Text(
        "The file appears whole or not at all, readable by its owner alone. 'brokerd "
            + "restore FILE' takes it back.",
        "Le fichier apparaît entier ou pas du tout, lisible par son seul "
            + "propriétaire. 'brokerd restore FICHIER' le reprend.")
}
