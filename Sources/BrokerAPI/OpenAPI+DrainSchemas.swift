extension OpenAPIDocument {
    /// Drains: what is asked, and what comes of them.
    static let drainSchemas = #"""
        "DrainRequest": {
          "type": "object",
          "required": ["reason"],
          "properties": {
            "reason": {"$ref": "#/components/schemas/Reason"},
            "deadline_seconds": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 31622400,
              "description": "So long after the start, what is left is ended. Absent or null: \#
        leases run out by themselves."
            },
            "at": {
              "oneOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "enum": ["window-end"]},
                {"type": "null"}
              ],
              "description": "When it begins: an instant, where the past is now, or when the next \#
        window of a group that may use the pool ends. Absent or null: at once."
            },
            "if_revision": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "The pool's revision that the caller has seen; with any other it is \#
        412."
            },
            "dry_run": {
              "type": ["boolean", "null"],
              "description": "true: answer the forecast and change nothing."
            }
          },
          "additionalProperties": false,
          "examples": [{"reason": "New image for all desktops", "deadline_seconds": 1800}]
        },
        "SeatDrainRequest": {
          "type": "object",
          "required": ["reason"],
          "properties": {
            "reason": {"$ref": "#/components/schemas/Reason"},
            "deadline_seconds": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 31622400,
              "description": "So long after the start, what is left is ended. Absent or null: \#
        leases run out by themselves."
            },
            "at": {
              "oneOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "enum": ["window-end"]},
                {"type": "null"}
              ],
              "description": "When it begins: an instant, where the past is now, or when the next \#
        window of a group that may use the pool ends. Absent or null: at once."
            },
            "dry_run": {
              "type": ["boolean", "null"],
              "description": "true: answer the forecast and change nothing."
            }
          },
          "additionalProperties": false,
          "examples": [{"reason": "New image for all desktops", "deadline_seconds": 1800}]
        },
        "DrainForecast": {
          "type": "object",
          "description": "What a drain does, or would do.",
          "required": [
            "starts_at",
            "deadline_at",
            "leases",
            "ends",
            "cut_at_deadline",
            "displaced",
            "shortfalls",
            "waits_for_ever"
          ],
          "properties": {
            "starts_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "null: at once."
            },
            "deadline_at": {"oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]},
            "leases": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Leases that are live now."
            },
            "ends": {
              "type": "array",
              "description": "How many end by themselves, and when.",
              "items": {
                "type": "object",
                "required": ["at", "count"],
                "properties": {
                  "at": {"$ref": "#/components/schemas/Instant"},
                  "count": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
                }
              }
            },
            "cut_at_deadline": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "How many are left at the deadline, and are ended then."
            },
            "displaced": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Lease"},
              "description": "Those, in the order of their grants."
            },
            "shortfalls": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Shortfall"},
              "description": "When, within the week from its start, quotas go beyond the seats \#
        that are left."
            },
            "waits_for_ever": {"type": "boolean", "description": "There is no deadline."}
          }
        },
        "Shortfall": {
          "type": "object",
          "description": "A stretch of time in which groups may hold more leases by their quotas \#
        than there are seats.",
          "required": ["from", "to", "pool", "quotas", "seats", "groups", "text"],
          "properties": {
            "from": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "null: from now on."
            },
            "to": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "null: for as long as the windows are known."
            },
            "pool": {"type": ["string", "null"], "description": "null: over all pools."},
            "quotas": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Their sum, each of them at most the seats of its group's pools."
            },
            "seats": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "groups": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Name"},
              "description": "Who is in turn, or in the grace after it."
            },
            "text": {
              "type": "string",
              "description": "The same for people, in the rota's zone."
            }
          },
          "examples": [
            {
              "from": "2026-11-30T12:00:00.000Z",
              "to": "2026-11-30T12:10:00.000Z",
              "pool": null,
              "quotas": 1800,
              "seats": 1700,
              "groups": ["finance", "social"],
              "text": "Mon 2026-11-30 13:00-13:10 Europe/Paris: quotas 1,800, seats 1,700"
            }
          ]
        }
        """#
}
