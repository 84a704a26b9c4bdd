extension OpenAPIDocument {
    /// Paths of the accounting.
    static let usagePaths = #"""
        "/v1/usage": {
          "get": {
            "operationId": "showUsage",
            "tags": ["usage"],
            "summary": "Counts what was leased, refused and waited for",
            "description": "Live leases count up to the present. Periods are half-open, and are cut \#
        by the clock of the rota's time zone, or of UTC where there is no rota. Observers, on the \#
        control socket.",
            "parameters": [
              {
                "name": "from",
                "in": "query",
                "description": "From this instant on, or from the midnight at which this date begins. \#
        Absent: the midnight before to.",
                "schema": {"type": "string", "minLength": 1}
              },
              {
                "name": "to",
                "in": "query",
                "description": "Before this instant, or the midnight at which this date begins. \#
        Absent: the present.",
                "schema": {"type": "string", "minLength": 1}
              },
              {
                "name": "by",
                "in": "query",
                "description": "What figures are given by, with commas between: group, pool, and one \#
        of hour, day and month. Absent: one row for all.",
                "style": "form",
                "explode": false,
                "schema": {
                  "type": "array",
                  "items": {"$ref": "#/components/schemas/UsageDimension"},
                  "minItems": 1,
                  "maxItems": 3
                }
              }
            ],
            "responses": {
              "200": {
                "description": "The figures.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/Usage"}}
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

    /// Figures of usage.
    static let usageSchemas = #"""
        "UsageDimension": {
          "type": "string",
          "description": "What figures of usage are given by.",
          "enum": ["group", "pool", "hour", "day", "month"]
        },
        "UsageRow": {
          "type": "object",
          "description": "The figures of a period, of a group or of a pool.",
          "required": [
            "seat_seconds", "peak", "mean", "grants", "refusals", "waiting_seconds", "waiters"
          ],
          "properties": {
            "group": {"type": "string", "description": "Absent where it is not by group."},
            "pool": {
              "type": ["string", "null"],
              "description": "Absent where it is not by pool; null for requests that left the \#
        choice of the pool and were refused or waited."
            },
            "from": {
              "$ref": "#/components/schemas/Instant",
              "description": "The period, as far as it was asked for; absent where it is not by \#
        hour, day or month."
            },
            "to": {
              "$ref": "#/components/schemas/Instant",
              "description": "The end of the period, which is no part of it."
            },
            "seat_seconds": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "How long leases were live, all added up, in whole seconds, rounded \#
        down."
            },
            "peak": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Most leases that were live at once: less than the sum of the peaks of \#
        parts, which are reached at different times."
            },
            "mean": {
              "type": "number",
              "minimum": 0,
              "description": "Live leases on the average of the time that has passed."
            },
            "grants": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Leases that began."
            },
            "refusals": {
              "type": "object",
              "description": "How often a rule refused somebody, by its slug; a person counts once a \#
        minute, however often they ask in it.",
              "additionalProperties": {"type": "integer", "minimum": 1}
            },
            "waiting_seconds": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "How long people waited in the line, all added up, in whole seconds, \#
        rounded down."
            },
            "waiters": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Places in the line that began."
            }
          }
        },
        "Usage": {
          "type": "object",
          "description": "How much was leased, refused and waited for.",
          "required": ["from", "to", "timezone", "by", "rows"],
          "properties": {
            "from": {"$ref": "#/components/schemas/Instant"},
            "to": {"$ref": "#/components/schemas/Instant"},
            "timezone": {
              "type": "string",
              "description": "By whose clock periods are cut, as IANA names it."
            },
            "by": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/UsageDimension"},
              "maxItems": 3
            },
            "rows": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/UsageRow"},
              "maxItems": 100000,
              "description": "By period, then group, then pool. Groups and pools of which nothing \#
        is to be told are left out, and periods that have not begun."
            }
          }
        }
        """#
}
