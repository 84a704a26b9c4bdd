extension OpenAPIDocument {
    /// What the data of events are.
    static let eventSchemas = #"""
        "EventType": {
          "type": "string",
          "enum": [
            "lease.granted",
            "lease.renewed",
            "lease.ending",
            "lease.moved",
            "lease.ended",
            "seat.added-range",
            "seat.added",
            "seat.removed",
            "seat.retiring",
            "seat.reclaimed",
            "seat.cordoned",
            "seat.drain-planned",
            "seat.opened",
            "pool.created",
            "pool.changed",
            "pool.cordoned",
            "pool.draining",
            "pool.drain-planned",
            "pool.opened",
            "pool.removed",
            "group.created",
            "group.changed",
            "group.removed",
            "window.opened",
            "window.closed",
            "site.ordered",
            "rota.changed",
            "waiting.begun",
            "waiting.ended",
            "request.refused",
            "change.refused",
            "limit.changed",
            "configuration.changed",
            "clock.stepped",
            "state.restored"
          ]
        },
        "EventActor": {
          "type": "object",
          "description": "Who did it; brokerd itself as system.",
          "required": ["name", "role"],
          "properties": {
            "name": {"type": "string"},
            "role": {
              "type": "string",
              "enum": ["agent", "gateway", "seats", "operator", "admin", "system"]
            }
          }
        },
        "Event": {
          "type": "object",
          "description": "One change that matters outside. What does not apply is absent.",
          "required": ["revision", "type", "at", "actor"],
          "properties": {
            "revision": {"type": "integer", "minimum": 1, "maximum": 9007199254740991},
            "type": {"$ref": "#/components/schemas/EventType"},
            "at": {"$ref": "#/components/schemas/Instant"},
            "actor": {"$ref": "#/components/schemas/EventActor"},
            "pool": {"type": "string"},
            "group": {"type": "string"},
            "seat": {"type": "string"},
            "holder": {"type": "string"},
            "lease": {
              "allOf": [{"$ref": "#/components/schemas/Lease"}],
              "description": "As it stood right after."
            },
            "details": {"$ref": "#/components/schemas/EventDetails"}
          }
        },
        "EventDetails": {
          "type": "object",
          "description": "What else there is to say; which of these, the type says.",
          "properties": {
            "reason": {"type": "string"},
            "by": {"type": "string"},
            "deadline_at": {"$ref": "#/components/schemas/Instant"},
            "starts_at": {"$ref": "#/components/schemas/Instant"},
            "pool_revision": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "target_size": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "first_index": {"type": "integer", "minimum": 1, "maximum": 9007199254740991},
            "count": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "quota": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Absent: no limit."
            },
            "members": {"type": "array", "items": {"type": "string"}},
            "pools": {"type": "array", "items": {"type": "string"}},
            "groups": {"type": "array", "items": {"type": "string"}},
            "slots": {"type": "array", "items": {"type": "string"}},
            "timezone": {"type": "string"},
            "ends_at": {"$ref": "#/components/schemas/Instant"},
            "place": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "expires_at": {"$ref": "#/components/schemas/Instant"},
            "outcome": {"type": "string", "enum": ["granted", "expired", "refused", "left"]},
            "waited_minutes": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "rule": {"type": "string", "description": "The slug of what refused it."},
            "change": {"type": "string", "description": "What was refused, as pool-resize."},
            "lease_id": {"type": "string"},
            "seat_limit": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Absent: no limit."
            },
            "keys": {"type": "array", "items": {"type": "string"}},
            "stepped_milliseconds": {
              "type": "integer",
              "minimum": -9007199254740991,
              "maximum": 9007199254740991
            },
            "token_floor": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
          }
        },
        "EventsDropped": {
          "type": "object",
          "description": "The last event, dropped, of a stream that the daemon ends by itself.",
          "required": ["revision", "detail"],
          "properties": {
            "revision": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Everything up to here was sent."
            },
            "detail": {"type": "string"}
          }
        }
        """#
}
