/// The API's own description, OpenAPI 3.1: exactly the calls, fields and answers that there are.
///
/// The text is kept by hand, beside the wire types, because it says more than types do: who may
/// call, what a null means, which answers a call can give. Tests compare it with the types, and
/// with the answers of the daemon.
package enum OpenAPIDocument {
    /// The document as JSON, the answer of `GET /v1/openapi.json`.
    package static let json = """
        {
        \(head),
        "paths": {
        \(paths.joined(separator: ",\n"))
        },
        "components": {
        "schemas": {
        \(schemas.joined(separator: ",\n"))
        },
        "responses": {
        \(responses)
        },
        "parameters": {
        \(parameters)
        }
        }
        }

        """

    private static let paths = [
        leasesPaths, eventsPaths, queuePaths, poolsPaths, seatsPaths, groupsPaths, rotaPaths,
        sitePaths,
        replayPaths, auditPaths, usagePaths,
        statusPaths,
    ]

    private static let schemas = [
        commonSchemas, leaseSchemas, eventSchemas, queueSchemas, replaySchemas, poolSchemas,
        poolRequestSchemas,
        drainSchemas,
        rotaSchemas, siteSchemas, auditSchemas, usageSchemas, statusSchemas,
    ]

    /// What the API is, and how to read the rest.
    private static let head = #"""
        "openapi": "3.1.0",
        "info": {
          "title": "brokerd",
          "version": "\#(BrokerVersion.text)",
          "summary": "Leases seats in pools to agents, by group, quota and rota.",
          "description": "The HTTP API of brokerd, on its Unix sockets and, read-only, on the \#
        monitoring listener. Who is calling, the kernel says; there are no credentials. Every \#
        GET answers HEAD too; a method that a path lacks is 405. Fields and query parameters \#
        that are not listed are 400. Every answer of 2xx to a change means that it is on disk."
        },
        "servers": [{"url": "/"}],
        "tags": [
          {"name": "leases", "description": "Time-limited rights to seats."},
          {"name": "events", "description": "Every change that matters outside, as it happens."},
          {"name": "pools", "description": "Interchangeable seats leased as one."},
          {"name": "seats", "description": "Single seats."},
          {"name": "groups", "description": "Who may lease where, and how much at once."},
          {"name": "queue", "description": "Who waits for a seat."},
          {"name": "rota", "description": "Who may enter when."},
          {"name": "site", "description": "All pools and groups and the rota as one text."},
          {"name": "audit", "description": "Who did what."},
          {"name": "usage", "description": "How much was leased."},
          {"name": "daemon", "description": "The daemon itself."},
          {"name": "status", "description": "Status and insight."}
        ]
        """#
}
