extension OpenAPIDocument {
    /// Paths of the line.
    static let queuePaths = #"""
        "/v1/queue": {
          "get": {
            "operationId": "listQueue",
            "tags": ["queue"],
            "summary": "Lists who waits for a seat",
            "description": "In the order of the line. Observers, on the control socket.",
            "parameters": [
              {
                "name": "pool",
                "in": "query",
                "description": "Those who asked for this pool.",
                "schema": {"type": "string"}
              },
              {
                "name": "group",
                "in": "query",
                "description": "Those who count for this group.",
                "schema": {"type": "string"}
              },
              {"$ref": "#/components/parameters/Limit"},
              {"$ref": "#/components/parameters/After"}
            ],
            "responses": {
              "200": {
                "description": "A page of the line.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/QueueList"}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        }
        """#

    /// Places in the line.
    static let queueSchemas = #"""
        "QueuePlace": {
          "type": "object",
          "description": "A request that waits for its seat.",
          "required": [
            "place",
            "holder",
            "pool",
            "group",
            "since",
            "expires_at",
            "connected",
            "ahead",
            "estimated_at"
          ],
          "properties": {
            "place": {
              "type": "integer",
              "minimum": 1,
              "maximum": 9007199254740991,
              "description": "One more than ahead."
            },
            "holder": {"type": "string"},
            "pool": {
              "type": ["string", "null"],
              "description": "null: whichever of its groups' pools has a seat first."
            },
            "group": {
              "allOf": [{"$ref": "#/components/schemas/Name"}],
              "description": "The group that it counts for: the first that can wait."
            },
            "since": {"$ref": "#/components/schemas/Instant"},
            "expires_at": {
              "allOf": [{"$ref": "#/components/schemas/Instant"}],
              "description": "When it has waited for as long as it asked to."
            },
            "connected": {
              "type": "boolean",
              "description": "Whether its client is there; a place without one is passed by."
            },
            "ahead": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "How many before it wait for a seat that it could have."
            },
            "estimated_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When its seat comes if every lease ends by itself; null where that \#
        cannot be told."
            }
          }
        },
        "QueueList": {
          "type": "object",
          "description": "One page of the line.",
          "required": ["waiting", "next"],
          "properties": {
            "waiting": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/QueuePlace"},
              "maxItems": 1000
            },
            "next": {
              "type": ["string", "null"],
              "description": "What to pass as after for the next page; null at the end."
            }
          }
        }
        """#
}
