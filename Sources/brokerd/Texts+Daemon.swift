import BrokerStore
import BrokerText

extension Language {
    /// Of whoever started the program, as the environment says. The log is in English.
    static let here = Language { Environment.all[$0] }
}

extension Text {
    /// In the language of whoever started the program.
    var here: String { self[.here] }
}

/// What callers are told.
extension Text {
    static let cannotStart = Text(
        "The broker cannot start. Its log says why: journalctl -u brokerd",
        "Le service ne peut pas démarrer. Son journal dit pourquoi : journalctl -u brokerd")
}

/// What `--help` says.
extension Text {
    static let aboutDaemon = Text(
        "Keeps pools of virtual desktops and grants leases on their seats.",
        "Gère des parcs de postes virtuels et en attribue les postes.")
    static let moreDaemon = Text(
        "Runs in the foreground; systemd starts it (brokerd.service). SIGHUP reads the configuration "
            + "again, SIGTERM ends it in order.",
        "S'exécute au premier plan ; systemd le démarre (brokerd.service). SIGHUP fait relire la "
            + "configuration, SIGTERM l'arrête en ordre.")
    static let configOption = Text(
        "The configuration file; without it, defaults are in force.",
        "Le fichier de configuration ; sans lui, les valeurs par défaut sont en vigueur.")
    static let checkOption = Text(
        "Check the configuration, and the site file that it names, and end.",
        "Vérifie la configuration, et le fichier de site qu'elle nomme, et se termine.")
    static let aboutRestore = Text(
        "Makes the state directory anew from a backup, while no daemon runs.",
        "Refait le répertoire d'état à partir d'une sauvegarde, sans service en marche.")
    static let moreRestore = Text(
        "Refused while a brokerd has the directory, and where there is a state already: move it "
            + "aside first. Every fencing token is raised to at least the present time, so none that "
            + "was given after the backup is ever given again.\n\n"
            + "Without a backup, --accept-loss takes the directory of a damaged state, which was moved "
            + "aside, and begins with as much of it as is whole from its beginning. Leases that were "
            + "granted later are forgotten, though people may still use those seats; the seats are "
            + "given to others, under higher tokens.",
        "Refusé tant qu'un brokerd tient le répertoire, et s'il y a déjà un état : écartez-le "
            + "d'abord. Chaque jeton est élevé au moins à l'heure présente, si bien qu'aucun de ceux "
            + "qui ont été donnés après la sauvegarde ne l'est de nouveau.\n\n"
            + "Sans sauvegarde, --accept-loss prend le répertoire d'un état endommagé, qui a été "
            + "écarté, et commence avec ce qui en est entier depuis le début. Les attributions plus "
            + "récentes sont oubliées, bien que des personnes occupent peut-être encore ces postes ; "
            + "ils sont donnés à d'autres, sous des jetons plus élevés.")
    static let restoreFile = Text(
        "A file that brokerctl backup has written; - reads it from standard input. With "
            + "--accept-loss, a state directory.",
        "Un fichier écrit par brokerctl backup ; - le lit sur l'entrée standard. Avec --accept-loss, "
            + "un répertoire d'état.")
    static let acceptLossOption = Text(
        "Begin with what is left of a damaged state; the rest is lost.",
        "Commence avec ce qui reste d'un état endommagé ; le reste est perdu.")
}

/// What is said on standard error, before there is a log and where there is none.
extension Text {
    static func daemon(_ what: Text) -> Text {
        Text("brokerd: \(what.english)", "brokerd : \(what.french)")
    }

    static func contradiction(_ why: String) -> Text {
        Text(
            "the backup contradicts itself: \(why)", "la sauvegarde se contredit : \(why)")
    }

    static func tooLarge(_ path: String, _ most: Int) -> Text {
        Text("\(path) is larger than \(most) bytes", "\(path) dépasse \(most) octets")
    }

    static func unreadable(_ path: String, _ why: String) -> Text {
        Text("cannot read \(path): \(why)", "lecture impossible de \(path) : \(why)")
    }

    static let standardInput = Text("standard input", "l'entrée standard")

    static func restored(leases: Int, seats: Int, into directory: String) -> Text {
        Text(
            "restored \(leases) leases on \(seats) seats into \(directory)\n"
                + "start brokerd as the user who owns that directory",
            "\(leases) attributions sur \(seats) postes restaurées dans \(directory)\n"
                + "démarrez brokerd sous l'utilisateur qui possède ce répertoire")
    }

    static let nothingRead = Text(
        "nothing could be read; the state is a new one",
        "rien n'a pu être lu ; l'état est un nouveau")

    static func endsAtRevision(_ revision: UInt64) -> Text {
        Text(
            "the state ends at revision \(revision); no record is known to be lost",
            "l'état s'arrête à la révision \(revision) ; aucune perte n'est connue")
    }

    static func endsAtRevision(_ revision: UInt64, lost count: UInt64) -> Text {
        Text(
            "the state ends at revision \(revision); \(count) records are lost",
            "l'état s'arrête à la révision \(revision) ; \(count) enregistrements sont perdus")
    }

    static func clockBehind(_ seconds: UInt64) -> Text {
        Text(
            "the state was last changed \(seconds) s later than this machine's clock says: set the "
                + "clock, then restore again (fencing tokens are counted up from the present time)",
            "l'état a été changé pour la dernière fois \(seconds) s après ce que dit l'horloge de "
                + "cette machine : mettez l'horloge à l'heure, puis restaurez de nouveau (les jetons "
                + "sont comptés à partir de l'heure présente)")
    }
}

extension StoreError {
    /// The same as `text`, for whoever restores a state.
    var words: Text {
        switch self {
        case .full:
            Text("there is no space left on the disk", "il n'y a plus de place sur le disque")
        case .failed(let what): Text(verbatim: what)
        case .damaged(let what):
            Text("the state is damaged: \(what)", "l'état est endommagé : \(what)")
        case .inUse(let who):
            Text(
                "another process has the state: \(who)", "un autre processus tient l'état : \(who)")
        case .tooNew(let found, let known):
            Text(
                "a later version wrote the state (its form is \(found), this program knows \(known))",
                "une version ultérieure a écrit l'état (sa forme est \(found), ce programme connaît "
                    + "\(known))")
        case .tooOld(let found, let known):
            Text(
                "an earlier version wrote the state (its form is \(found), this program knows "
                    + "\(known))",
                "une version antérieure a écrit l'état (sa forme est \(found), ce programme connaît "
                    + "\(known))")
        case .outOfOrder(let expected, let found):
            Text(
                "another writer was here (revision \(found) instead of \(expected))",
                "un autre a écrit ici (révision \(found) au lieu de \(expected))")
        }
    }
}
