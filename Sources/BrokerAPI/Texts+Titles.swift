package import BrokerText

extension ProblemSlug {
    /// What kind of problem it is, in two or three words.
    package var title: Text {
        switch self {
        case .notEntitled: Text("Not entitled", "Accès non prévu")
        case .outsideWindow: Text("Outside the window", "Hors de la plage")
        case .quotaExceeded: Text("Quota exceeded", "Quota atteint")
        case .poolExhausted: Text("Pool exhausted", "Parc épuisé")
        case .poolCordoned: Text("Pool cordoned", "Parc fermé")
        case .poolDraining: Text("Pool draining", "Parc en cours de vidage")
        case .lineFull: Text("Line full", "File d'attente pleine")
        case .waitExpired: Text("Wait expired", "Attente écoulée")
        case .notFound: Text("Not found", "Introuvable")
        case .leaseEnded: Text("Lease ended", "Attribution terminée")
        case .eventsGone: Text("Events gone", "Événements perdus")
        case .revisionMismatch: Text("Revision mismatch", "Révision dépassée")
        case .seatLimit: Text("Seat limit reached", "Plafond de postes atteint")
        case .forbidden: Text("Forbidden", "Interdit")
        case .badRequest: Text("Bad request", "Requête incorrecte")
        case .conflict: Text("Conflict", "Conflit")
        case .tooManyRequests: Text("Too many requests", "Trop de requêtes")
        case .storage: Text("Storage failed", "Échec du stockage")
        case .unavailable: Text("Unavailable", "Indisponible")
        case .methodNotAllowed: Text("Method not allowed", "Méthode non permise")
        case .notAcceptable: Text("Not acceptable", "Forme non disponible")
        case .requestTimeout: Text("Request timeout", "Requête trop lente")
        case .contentTooLarge: Text("Content too large", "Contenu trop volumineux")
        case .unsupportedMediaType: Text("Unsupported media type", "Type de contenu refusé")
        case .headersTooLarge: Text("Request header fields too large", "En-têtes trop longs")
        }
    }
}
