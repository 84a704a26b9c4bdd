/// Body of `POST /v1/leases`; every field may be absent, and so may the body.
package struct GrantRequest: WireObject {
    /// Nil: the pools of the holder's groups, in the site's order.
    package var pool: String?
    /// Nil: the holder's groups, in the site's order.
    package var group: String?
    /// At least 1; more than the pool's maximum is cut down to it. Nil: the pool's default.
    package var ttlSeconds: Int?
    /// How long to wait in the line where there is no seat at once; nil and 0: not at all.
    package var waitSeconds: Int?
    /// Whom the lease is for; nil: the caller. Only a gateway or an admin may name another.
    package var holder: String?
    /// The unix groups that the caller vouches for; nil: those that the name service knows.
    package var holderGroups: [String]?

    package init(
        pool: String? = nil, group: String? = nil, ttlSeconds: Int? = nil,
        waitSeconds: Int? = nil, holder: String? = nil, holderGroups: [String]? = nil
    ) {
        self.pool = pool
        self.group = group
        self.ttlSeconds = ttlSeconds
        self.waitSeconds = waitSeconds
        self.holder = holder
        self.holderGroups = holderGroups
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        pool = try object.optional("pool")
        group = try object.optional("group")
        ttlSeconds = try object.optional("ttl_seconds", in: 1...wireIntMax)
        waitSeconds = try object.optional("wait_seconds", in: 0...WireLimits.waitSecondsMax)
        holder = try object.optional("holder")
        holderGroups = try object.optional("holder_groups")
        if let holder, holder.isEmpty { throw object.error("holder", .jsonEmpty) }
        if holderGroups != nil, holder == nil {
            throw object.error("holder_groups", .jsonNeedsHolder)
        }
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.fieldIfPresent("pool", pool)
        writer.fieldIfPresent("group", group)
        writer.fieldIfPresent("ttl_seconds", ttlSeconds)
        writer.fieldIfPresent("wait_seconds", waitSeconds)
        writer.fieldIfPresent("holder", holder)
        writer.fieldIfPresent("holder_groups", holderGroups)
    }
}

/// Body of `POST /v1/leases/{id}/renew`, which may be absent.
package struct RenewRequest: WireObject {
    /// At least 1; more than the pool's maximum is cut down to it. Nil: the pool's `lease_ttl_seconds`.
    package var ttlSeconds: Int?

    package init(ttlSeconds: Int? = nil) { self.ttlSeconds = ttlSeconds }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        ttlSeconds = try object.optional("ttl_seconds", in: 1...wireIntMax)
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.fieldIfPresent("ttl_seconds", ttlSeconds)
    }
}

/// Body of `POST /v1/leases/{id}/revoke`.
package struct RevokeRequest: WireObject {
    package var reason: String
    /// How long the holder may still finish; 0 ends the lease at once.
    package var graceSeconds: Int

    package init(reason: String, graceSeconds: Int = 0) {
        self.reason = reason
        self.graceSeconds = graceSeconds
    }

    package init(from object: inout JSONObjectReader) throws(JSONError) {
        reason = try object.reason("reason")
        graceSeconds =
            try object.optional("grace_seconds", in: 0...WireLimits.durationSecondsMax) ?? 0
    }

    package func writeFields(to writer: inout JSONWriter) {
        writer.field("reason", reason)
        writer.field("grace_seconds", graceSeconds)
    }
}
