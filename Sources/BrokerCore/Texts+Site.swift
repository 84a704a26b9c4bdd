import BrokerText

/// What is wrong with a site, and what to do about it. What a user wrote comes in quotes already.
extension Text {
    // MARK: Pools

    static func tooManyPools(_ most: Int) -> Text {
        Text(
            "a site has at most \(most) pools: merge some",
            "un site a au plus \(most) parcs : réunissez-en")
    }

    static func repeatedPool(_ name: String) -> Text {
        Text(
            "pool \(name) is there already: give this one another name",
            "il y a déjà un parc \(name) : donnez un autre nom à celui-ci")
    }

    static func tooManySeats(_ most: Int) -> Text {
        Text(
            "all pools together hold at most \(most) seats: make some smaller",
            "tous les parcs ensemble ont au plus \(most) postes : réduisez-en")
    }

    static func sharedSeat(_ seat: String, pool: String) -> Text {
        Text(
            "seat \(seat) is also in pool \(pool): names of seats are unique over all pools",
            "le poste \(seat) est aussi dans le parc \(pool) : les noms de postes sont uniques dans "
                + "tous les parcs")
    }

    static func sharedPattern(_ seat: String, pool: String) -> Text {
        Text(
            "this makes seat \(seat), which pool \(pool) makes too: names of seats are unique over "
                + "all pools",
            "cela fait le poste \(seat), que le parc \(pool) fait aussi : les noms de postes sont "
                + "uniques dans tous les parcs")
    }

    static func poolSize(_ most: Int) -> Text {
        Text("a pool has 0 to \(most) seats", "un parc a de 0 à \(most) postes")
    }

    static func moreListed(_ count: Int) -> Text {
        Text(
            "\(count) seats are listed: make size at least that, or list fewer",
            "\(count) postes sont énumérés : donnez au moins cette valeur à size, ou énumérez-en "
                + "moins")
    }

    static func ttlRange(_ most: Int) -> Text {
        Text(
            "a lease lasts 1 to \(most) seconds, which is 31 days: whoever needs a seat for longer "
                + "gets a listed one with agent",
            "une attribution dure de 1 à \(most) secondes, soit 31 jours : qui a besoin d'un poste "
                + "plus longtemps en reçoit un énuméré avec agent")
    }

    static let ttlLeast = Text(
        "a lease lasts at least 1 second", "une attribution dure au moins 1 seconde")

    static func ttlAboveMax(_ most: Int) -> Text {
        Text(
            "this is above lease_ttl_max_seconds, \(most): lower it or raise that",
            "c'est plus que lease_ttl_max_seconds, \(most) : abaissez l'un ou relevez l'autre")
    }

    static func ofSeat(_ seat: String, _ problem: Text) -> Text {
        Text("seat \(seat): \(problem.english)", "poste \(seat) : \(problem.french)")
    }

    static let urlNeedsSeatURL = Text(
        "protocol \"url\" needs seat_url, or a url for each listed seat and no others",
        "le protocole \"url\" demande seat_url, ou une url pour chaque poste énuméré et pas d'autres"
    )
    static let urlOnly = Text(
        "only seats with protocol \"url\" have one: leave it out, or set protocol",
        "seuls les postes de protocole \"url\" en ont une : omettez-la, ou définissez protocol")
    static let urlNoPort = Text(
        "seats with protocol \"url\" have no port: write it into the address",
        "les postes de protocole \"url\" n'ont pas de port : écrivez-le dans l'adresse")

    static func portRange(_ least: Int, _ most: Int) -> Text {
        Text("a port is \(least) to \(most)", "un port va de \(least) à \(most)")
    }

    static let listedNeedsURL = Text(
        "a listed seat of a pool with protocol \"url\" needs a url of its own",
        "un poste énuméré d'un parc de protocole \"url\" demande sa propre url")
    static let urlOnlyOfPool = Text(
        "only seats of a pool with protocol \"url\" have one: leave it out",
        "seuls les postes d'un parc de protocole \"url\" en ont une : omettez-la")
    static let keptForOne = Text(
        "a seat is kept for one person: give a user name, not a unix group",
        "un poste est gardé pour une personne : donnez un utilisateur, et non un groupe unix")

    // MARK: Groups

    static func tooManyGroups(_ most: Int) -> Text {
        Text(
            "a site has at most \(most) groups: merge some",
            "un site a au plus \(most) groupes : réunissez-en")
    }

    static func repeatedGroup(_ name: String) -> Text {
        Text(
            "group \(name) is there already: give this one another name",
            "il y a déjà un groupe \(name) : donnez un autre nom à celui-ci")
    }

    static func tooManyMembers(_ most: Int) -> Text {
        Text(
            "a group has at most \(most) members: use a unix group, which counts as one",
            "un groupe a au plus \(most) membres : utilisez un groupe unix, qui compte pour un")
    }

    static func namedTwice(_ name: String) -> Text {
        Text("\(name) is named twice: once will do", "\(name) est nommé deux fois : une suffit")
    }

    static func unknownPool(_ name: String) -> Text {
        Text(
            "there is no pool \(name): add it, or name another",
            "il n'y a pas de parc \(name) : ajoutez-le, ou nommez-en un autre")
    }

    static func poolTwice(_ name: String) -> Text {
        Text(
            "pool \(name) is named twice: once will do",
            "le parc \(name) est nommé deux fois : une suffit")
    }

    static func quotaRange(_ most: Int) -> Text {
        Text(
            "a quota is 0 to \(most) leases: leave it out for no limit",
            "un quota va de 0 à \(most) attributions : omettez-le pour n'avoir pas de limite")
    }

    static let reserveLeast = Text(
        "a reserve is 0 or more seats", "une réserve est de 0 poste ou plus")

    static func reserveElsewhere(_ pool: String) -> Text {
        Text(
            "this reserves seats in \(pool), which is none of the group's pools",
            "cela réserve des postes dans \(pool), qui n'est pas un parc du groupe")
    }

    static func reserveBeyond(_ pool: String, left: Int, _ seats: Int) -> Text {
        Text(
            "pool \(pool) has \(left) seats left to reserve, not \(seats): reserve fewer, or enlarge "
                + "it",
            "le parc \(pool) a encore \(left) postes à réserver, et non \(seats) : réservez-en moins, "
                + "ou agrandissez-le")
    }

    // MARK: Names, hosts, addresses

    static let nameForm = Text(
        "a name consists of letters a to z, digits, \".\", \"_\" and \"-\", and begins with a letter "
            + "or a digit",
        "un nom se compose de lettres de a à z, de chiffres, de \".\", \"_\" et \"-\", et commence "
            + "par une lettre ou un chiffre")

    static func nameLength(_ most: Int) -> Text {
        Text(
            "a name has at most \(most) characters: shorten it",
            "un nom a au plus \(most) caractères : raccourcissez-le")
    }

    static func patternForm(_ pattern: String, _ most: Int) -> Text {
        Text(
            "\(pattern) has to contain %d or %0Nd (N from 1 to \(most)) once, where the index goes, "
                + "and no other \"%\"",
            "\(pattern) doit contenir une fois %d ou %0Nd (N de 1 à \(most)), à la place du numéro, "
                + "et aucun autre \"%\"")
    }

    static let hostEmpty = Text(
        "a host is not empty: leave it out for the seat's name",
        "un hôte n'est pas vide : omettez-le pour prendre le nom du poste")

    static func hostLength(_ most: Int) -> Text {
        Text(
            "a host has at most \(most) bytes: shorten it",
            "un hôte a au plus \(most) octets : raccourcissez-le")
    }

    static let hostForm = Text(
        "a host has no spaces and no control characters: remove them",
        "un hôte n'a ni espaces ni caractères de contrôle : retirez-les")

    static func urlLength(_ most: Int) -> Text {
        Text(
            "an address has at most \(most) bytes: shorten it",
            "une adresse a au plus \(most) octets : raccourcissez-la")
    }

    static let urlForm = Text(
        "an address has only printable ASCII characters and no spaces: escape the others with %",
        "une adresse n'a que des caractères ASCII imprimables et pas d'espaces : encodez les autres "
            + "par %")
    static let urlScheme = Text(
        "an address begins with a scheme in lower case, such as https://",
        "une adresse commence par un schéma en minuscules, comme https://")

    static func noUserName(_ name: String) -> Text {
        Text(
            "\(name) is no user name: \"@\" begins a unix group",
            "\(name) n'est pas un nom d'utilisateur : \"@\" commence un groupe unix")
    }

    static let memberMissing = Text(
        "a name is missing: give a user, or \"@\" and a unix group",
        "il manque un nom : donnez un utilisateur, ou \"@\" et un groupe unix")

    static func memberLength(_ most: Int) -> Text {
        Text(
            "a name of a user or unix group has at most \(most) bytes",
            "un nom d'utilisateur ou de groupe unix a au plus \(most) octets")
    }

    static let memberForm = Text(
        "a name of a user or unix group has no control characters: remove them",
        "un nom d'utilisateur ou de groupe unix n'a pas de caractères de contrôle : retirez-les")
}
