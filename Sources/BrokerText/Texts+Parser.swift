/// The words of ArgumentParser; see `ParserWords`.
extension Text {
    /// With which a text of the parser begins.
    static let parserOpenings = ["OVERVIEW: ", "USAGE: ", "Error: "]

    /// At the start of a line.
    static let parserStarts = [
        Text("OVERVIEW: ", "APERÇU : "),
        Text("USAGE: ", "UTILISATION : "),
        Text("ARGUMENTS:", "ARGUMENTS :"),
        Text("OPTIONS:", "OPTIONS :"),
        Text("SUBCOMMANDS:", "SOUS-COMMANDES :"),
        Text("Error: ", "Erreur : "),
        Text("Help:  ", "Aide :  "),
        Text("Usage: ", "Utilisation : "),
    ]

    /// Anywhere in help.
    static let parserOptions = [
        Text("Show the version.", "Affiche la version."),
        Text("Show help information.", "Affiche l'aide."),
        Text("Show subcommand help information.", "Affiche l'aide d'une sous-commande."),
        Text("(values: ", "(valeurs : "),
        Text("(default: ", "(par défaut : "),
        Text("; default: ", " ; par défaut : "),
        Text("  See '", "  Voir '"),
        Text("' for detailed help.", "' pour une aide détaillée."),
        Text("' for more information.", "' pour en savoir plus."),
    ]

    /// Anywhere in what is wrong with a command line.
    static let parserComplaints = [
        Text("Unknown option '", "Option inconnue : '"),
        Text("Missing expected argument '", "Il manque l'argument '"),
        Text("Missing value for '", "Il manque une valeur à '"),
        Text("Unexpected argument '", "Argument inattendu : '"),
        Text(" unexpected arguments: '", " arguments inattendus : '"),
        Text("The value '", "La valeur '"),
        Text("' is invalid for '", "' ne convient pas à '"),
        Text(" Please provide one of the following:", " Les valeurs possibles sont :"),
        Text(". Did you mean '", ". Vouliez-vous dire '"),
    ]
}
