extension OpenAPIDocument {
    /// Paths of the rota.
    static let rotaPaths = #"""
        "/v1/rota": {
          "get": {
            "operationId": "getRota",
            "tags": ["rota"],
            "summary": "Shows who may enter when",
            "description": "The week of at, Monday to Sunday, unless from and to say otherwise; \#
        at most 3660 days. Instants, or dates, which begin at midnight in the rota's zone. \#
        Agents; observers, on the control socket.",
            "parameters": [
              {
                "name": "from",
                "in": "query",
                "schema": {"$ref": "#/components/schemas/InstantOrDate"}
              },
              {
                "name": "to",
                "in": "query",
                "description": "The first instant that is left out.",
                "schema": {"$ref": "#/components/schemas/InstantOrDate"}
              },
              {
                "name": "at",
                "in": "query",
                "description": "Whether the groups are open then; absent: now.",
                "schema": {"$ref": "#/components/schemas/InstantOrDate"}
              }
            ],
            "responses": {
              "200": {
                "description": "The rota.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/RotaTable"}}
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

    /// The rota.
    static let rotaSchemas = #"""
        "InstantOrDate": {
          "oneOf": [
            {"type": "string", "format": "date-time"},
            {"type": "string", "format": "date"}
          ]
        },
        "RotaTable": {
          "type": "object",
          "description": "Who may enter when.",
          "required": [
            "timezone",
            "tzdata",
            "anchor",
            "cycle_weeks",
            "grace_seconds",
            "notice_seconds",
            "at",
            "from",
            "to",
            "slots",
            "groups",
            "days"
          ],
          "properties": {
            "timezone": {
              "type": "string",
              "description": "As IANA names it; dates and hours are in it."
            },
            "tzdata": {
              "type": "string",
              "description": "The release of the zones; empty where the system does not say."
            },
            "anchor": {
              "type": "string",
              "format": "date",
              "description": "A Monday: the first day of week 1 of the cycle."
            },
            "cycle_weeks": {"type": "integer", "minimum": 1, "maximum": 52},
            "grace_seconds": {
              "type": "integer",
              "minimum": 0,
              "maximum": 86400,
              "description": "How long a lease may outlive its window."
            },
            "notice_seconds": {
              "type": "array",
              "items": {"type": "integer", "minimum": 0, "maximum": 86400},
              "description": "How long before the end of a lease its holder is warned, the \#
        earliest warning first."
            },
            "at": {"$ref": "#/components/schemas/Instant"},
            "from": {"$ref": "#/components/schemas/Instant"},
            "to": {"$ref": "#/components/schemas/Instant"},
            "slots": {
              "type": "array",
              "description": "In the order in which they begin in a day.",
              "items": {"$ref": "#/components/schemas/RotaSlot"}
            },
            "groups": {
              "type": "array",
              "description": "In the site's order.",
              "items": {"$ref": "#/components/schemas/RotaGroup"}
            },
            "days": {
              "type": "array",
              "description": "Every date that has a part between from and to.",
              "items": {"$ref": "#/components/schemas/RotaDay"}
            }
          }
        },
        "RotaSlot": {
          "type": "object",
          "description": "A named part of any day.",
          "required": ["name", "hours"],
          "properties": {
            "name": {"type": "string"},
            "hours": {
              "type": "string",
              "description": "Local time, half-open; an end before the start is the next day's."
            }
          },
          "examples": [{"name": "am", "hours": "08:00-13:00"}]
        },
        "RotaGroup": {
          "type": "object",
          "description": "A group with its windows.",
          "required": ["name", "slots", "open", "opens_at", "closes_at", "windows"],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "slots": {
              "type": ["array", "null"],
              "items": {"type": "string"},
              "description": "As mon.am, or 2.mon.am in a cycle of several weeks; null: it may \#
        enter at any time."
            },
            "open": {"type": "boolean", "description": "Whether it may enter at at."},
            "opens_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When its next window begins."
            },
            "closes_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When the window ends that it is in."
            },
            "windows": {
              "type": "array",
              "description": "Apart from each other, in the order of time, cut at from and to.",
              "items": {"$ref": "#/components/schemas/RotaWindow"}
            }
          }
        },
        "RotaWindow": {
          "type": "object",
          "description": "A half-open stretch of time in which a group may enter.",
          "required": ["start", "end"],
          "properties": {
            "start": {"$ref": "#/components/schemas/Instant"},
            "end": {"$ref": "#/components/schemas/Instant"}
          }
        },
        "RotaDay": {
          "type": "object",
          "description": "One date: who holds which slot.",
          "required": ["date", "weekday", "cycle_week", "exception", "slots"],
          "properties": {
            "date": {"type": "string", "format": "date"},
            "weekday": {
              "type": "string",
              "enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            },
            "cycle_week": {"type": "integer", "minimum": 1, "maximum": 52},
            "exception": {
              "type": ["string", "null"],
              "enum": ["closed", "slots", null],
              "description": "What replaces the weekly table on this date."
            },
            "slots": {
              "type": "array",
              "description": "One for each slot of the rota.",
              "items": {"$ref": "#/components/schemas/RotaDaySlot"}
            }
          }
        },
        "RotaDaySlot": {
          "type": "object",
          "description": "A slot on one date.",
          "required": ["name", "start", "end", "groups"],
          "properties": {
            "name": {"type": "string"},
            "start": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "null when a gap of the clock swallows the slot."
            },
            "end": {"oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]},
            "groups": {"type": "array", "items": {"$ref": "#/components/schemas/Name"}}
          }
        }
        """#
}
