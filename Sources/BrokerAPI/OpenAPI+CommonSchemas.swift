extension OpenAPIDocument {
    /// What all others consist of, and problems.
    static let commonSchemas = #"""
        "Name": {
          "type": "string",
          "description": "Name of a pool, a group or a seat.",
          "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
        },
        "LeaseId": {
          "type": "string",
          "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{25}$",
          "examples": ["01kbx2m9vz5c8h3r7q0d4e6f1g"]
        },
        "Instant": {
          "type": "string",
          "format": "date-time",
          "description": "RFC 3339 in UTC with milliseconds.",
          "examples": ["2026-11-24T07:58:03.120Z"]
        },
        "Token": {
          "type": "integer",
          "minimum": 0,
          "maximum": 9007199254740991,
          "description": "The fencing token of a seat: it grows with every grant of the seat, \#
        for ever."
        },
        "Reason": {
          "type": "string",
          "minLength": 1,
          "maxLength": 1000,
          "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000][^\\u0000-\\u001f\\u007f-\\u009f]*$",
          "description": "Why, in a sentence: at most 1000 bytes, without control characters, \#
        not blank.",
          "examples": ["New image for all desktops"]
        },
        "SeatCounts": {
          "type": "object",
          "description": "Seats by state; cordoned counts those that would be available. They \#
        add up to all seats.",
          "required": [
            "available",
            "leased",
            "cleaning",
            "starting",
            "offline",
            "quarantined",
            "cordoned"
          ],
          "properties": {
            "available": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "leased": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "cleaning": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "starting": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "offline": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "quarantined": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "cordoned": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
          }
        },
        "Rule": {
          "type": "object",
          "description": "One rule for one group and pool, with the numbers that it was decided \#
        by.",
          "required": ["rule"],
          "properties": {
            "rule": {
              "type": "string",
              "description": "The slug of the problem that breaking it gives."
            },
            "group": {"$ref": "#/components/schemas/Name"},
            "pool": {"$ref": "#/components/schemas/Name"},
            "passed": {
              "type": "boolean",
              "description": "Absent among the reasons of a problem, all of which failed."
            },
            "used": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "limit": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "available": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "reserved": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "waiting": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Places in the line, of which there may be limit."
            },
            "reason": {"type": "string"},
            "opens_at": {
              "allOf": [{"$ref": "#/components/schemas/Instant"}],
              "description": "When the group's next window begins."
            },
            "closes_at": {
              "allOf": [{"$ref": "#/components/schemas/Instant"}],
              "description": "When the group's present window ends."
            },
            "earliest_at": {
              "allOf": [{"$ref": "#/components/schemas/Instant"}],
              "description": "When it would pass, if nothing else changes."
            }
          }
        },
        "Problem": {
          "type": "object",
          "description": "An error or a refusal, as in RFC 9457. Title and detail are in English, or in \#
        French where Accept-Language likes it better; Content-Language says which.",
          "required": ["type", "title", "status"],
          "properties": {
            "type": {"type": "string", "pattern": "^/v1/problems/[a-z-]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "retry_after_seconds": {
              "type": "integer",
              "minimum": 0,
              "description": "With 429 and 503, and with an outside-window that knows its opening."
            },
            "reasons": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Rule"},
              "description": "Every rule that failed, for every group of the agent."
            },
            "ahead": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "With wait-expired: how many were still before."
            },
            "estimated_at": {
              "allOf": [{"$ref": "#/components/schemas/Instant"}],
              "description": "With wait-expired: when the seat would have come."
            },
            "file": {"type": "string"},
            "line": {"type": "integer", "minimum": 1},
            "column": {"type": "integer", "minimum": 1},
            "revision": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "With events-gone: where a stream can go on."
            }
          },
          "examples": [
            {
              "type": "/v1/problems/quota-exceeded",
              "title": "Quota exceeded",
              "status": 429,
              "detail": "Group finance uses 300 of its 300 seats.",
              "retry_after_seconds": 1874,
              "reasons": [
                {
                  "rule": "quota-exceeded",
                  "group": "finance",
                  "pool": "telework",
                  "used": 300,
                  "limit": 300
                }
              ]
            }
          ]
        }
        """#
}
