import BrokerAPI

extension Document {
    /// The answers to one call for each of several names: the one answer as it came, or a list.
    ///
    /// A name that does not exist is reported, and the others go on; anything else stops there, and
    /// what was done until then is said.
    static func merged(
        _ names: [String], _ resource: Resource,
        call: (String) throws(CommandError) -> Document
    ) throws(CommandError) -> Document {
        guard names.count > 1, let key = resource.listKey else { return try call(names[0]) }
        var items: [JSONValue] = []
        var missing: CommandError?
        for name in names {
            do {
                items += try call(name).items
            } catch {
                guard error.status == .noSuchThing else {
                    Terminal.message("\(items.count) of \(names.count) done, then:")
                    throw error
                }
                if let missing { missing.report() }
                missing = error
            }
        }
        let merged = Document(
            json: .object([
                JSONMember(name: key, value: .array(items)), JSONMember(name: "next", value: .null),
            ]), resource: resource)
        if let missing {
            Terminal.message("\(items.count) of \(names.count) done.")
            throw missing
        }
        return merged
    }
}
