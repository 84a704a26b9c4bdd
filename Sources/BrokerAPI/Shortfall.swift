/// A stretch of time in which groups may hold more leases by their quotas than there are seats:
/// some of their people will be told that nothing is free.
package struct Shortfall: WireObject {
    /// Nil: from now on.
    package var from: Timestamp?
    /// Nil: for as long as the windows are known.
    package var to: Timestamp?
    /// Nil: over all pools.
    package var pool: String?
    /// The sum of the quotas, each of them at most the seats of its group's pools.
    package var quotas: Int
    package var seats: Int
    /// Who is in turn, or in the grace after it, in the site's order.
    package var groups: [String]
    /// The same for people, in the rota's zone:
    /// `Mon 2026-11-30 13:00-13:10 Europe/Paris: quotas 1,800, seats 1,700`.
    package var text: String

    package init(
        from: Timestamp?, to: Timestamp?, pool: String?, quotas: Int, seats: Int,
        groups: [String], text: String
    ) {
        self.from = from
        self.to = to
        self.pool = pool
        self.quotas = quotas
        self.seats = seats
        self.groups = groups
        self.text = text
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        from = try object.optional("from")
        to = try object.optional("to")
        pool = try object.optional("pool")
        quotas = try object.required("quotas")
        seats = try object.required("seats")
        groups = try object.required("groups")
        text = try object.required("text")
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("from", from)
        writer.field("to", to)
        writer.field("pool", pool)
        writer.field("quotas", quotas)
        writer.field("seats", seats)
        writer.field("groups", groups)
        writer.field("text", text)
    }
}
