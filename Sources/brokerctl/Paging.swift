import BrokerAPI

extension Caller {
    /// Largest page that the API gives.
    private static let pageSizeMax = 1000

    /// A whole list, page after page.
    ///
    /// One page is passed on byte by byte; several become one list without a next page.
    func list(
        _ path: [String], query: [(String, String?)], _ resource: Resource
    ) throws(CommandError) -> Document {
        let size = ("limit", Optional(String(Self.pageSizeMax)))
        let first = try document(HTTPRequest(.get, path, query: query + [size]), resource)
        guard var next = first.json["next"]?.stringValue, let key = resource.listKey else {
            return first
        }
        var items = first.items
        while true {
            let page = try document(
                HTTPRequest(.get, path, query: query + [size, ("after", next)]), resource)
            items += page.items
            guard let following = page.json["next"]?.stringValue, following != next else { break }
            next = following
        }
        return Document(
            json: .object([
                JSONMember(name: key, value: .array(items)), JSONMember(name: "next", value: .null),
            ]), resource: resource)
    }
}
