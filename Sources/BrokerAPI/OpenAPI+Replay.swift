extension OpenAPIDocument {
    /// Paths of what is decided again.
    static let replayPaths = #"""
        "/v1/replay": {
          "post": {
            "operationId": "replay",
            "tags": ["site"],
            "summary": "Decides recorded requests again with another site",
            "description": "Nothing is changed. It takes some seconds for a week of a large house. Admins, on \#
        the control socket.",
            "parameters": [
              {
                "name": "since",
                "in": "query",
                "required": true,
                "description": "From when on requests count; the journal is read from a day before.",
                "schema": {"$ref": "#/components/schemas/Instant"}
              }
            ],
            "requestBody": {
              "required": true,
              "content": {
                "application/toml": {"schema": {"type": "string", "minLength": 1}},
                "text/plain": {
                  "schema": {"type": "string", "minLength": 1},
                  "example": "[[pool]]\nname = \"telework\"\nsize = 20\n\n[[group]]\nname = \#
        \"finance\"\nmembers = [\"@finance\"]\npools = [\"telework\"]\nquota = 10\n"
                }
              }
            },
            "responses": {
              "200": {
                "description": "How it went, by group.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/ReplayReport"}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        }
        """#

    /// How recorded requests went.
    static let replaySchemas = #"""
        "ReplayCount": {
          "type": "object",
          "description": "How requests of one group went, by the group that they were charged to, \#
        refused or waited for.",
          "required": [
            "group",
            "requests",
            "granted_before",
            "granted_after",
            "granted_to_refused",
            "refused_to_granted",
            "waited_before_seconds",
            "waited_after_seconds"
          ],
          "properties": {
            "group": {"$ref": "#/components/schemas/Name"},
            "requests": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Requests that were recorded, refusals once a minute and person."
            },
            "granted_before": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Those that were granted."
            },
            "granted_after": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Those that would have been granted."
            },
            "granted_to_refused": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Granted then, and refused with this site."
            },
            "refused_to_granted": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Refused then, and granted with this site."
            },
            "waited_before_seconds": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Seconds that they waited in all."
            },
            "waited_after_seconds": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Seconds that they would have waited in all."
            }
          }
        },
        "ReplayReport": {
          "type": "object",
          "description": "What recorded requests would have met with another site.",
          "required": ["since", "until", "requests", "groups"],
          "properties": {
            "since": {
              "allOf": [{"$ref": "#/components/schemas/Instant"}],
              "description": "The first instant that counted: the journal may begin later than asked."
            },
            "until": {"$ref": "#/components/schemas/Instant"},
            "requests": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991
            },
            "groups": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/ReplayCount"}
            }
          }
        }
        """#
}
