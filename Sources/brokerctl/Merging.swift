import BrokerAPI

extension Document {
    /// The answers to one call for each of several names: the one answer as it came, or a list.
    ///
    /// A name that does not exist is reported, and the others go on: the last such error comes back
    /// beside what there is. Anything else stops there, and what was done until then is said.
    static func collect(
        _ names: [String], _ resource: Resource,
        call: (String) throws(CommandError) -> Document
    ) throws(CommandError) -> (document: Document, missing: CommandError?) {
        guard names.count > 1, let key = resource.listKey else { return (try call(names[0]), nil) }
        var items: [JSONValue] = []
        var missing: CommandError?
        for name in names {
            do {
                items += try call(name).items
            } catch {
                guard error.status == .noSuchThing else {
                    Terminal.message(.doneThen(items.count, of: names.count))
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
        return (merged, missing)
    }

    /// The same, shown; then the error, if a name was missing.
    static func show(
        _ names: [String], _ resource: Resource, by show: (Document) -> Void,
        call: (String) throws(CommandError) -> Document
    ) throws(CommandError) {
        let (document, missing) = try collect(names, resource, call: call)
        show(document)
        if let missing { throw missing }
    }
}
