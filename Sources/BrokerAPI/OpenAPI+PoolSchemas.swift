extension OpenAPIDocument {
    /// Pools and seats as answers give them.
    static let poolSchemas = #"""
        "ListedSeat": {
          "type": "object",
          "description": "A seat that is named one by one.",
          "required": ["name", "host", "port", "url", "agent"],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "host": {"type": ["string", "null"]},
            "port": {"type": ["integer", "null"], "minimum": 1, "maximum": 65535},
            "url": {"type": ["string", "null"]},
            "agent": {"type": ["string", "null"]}
          }
        },
        "PoolState": {"type": "string", "enum": ["open", "cordoned", "draining", "drained"]},
        "Pool": {
          "type": "object",
          "description": "Interchangeable seats leased as one.",
          "required": [
            "name",
            "size",
            "target_size",
            "state",
            "reason",
            "by",
            "deadline_at",
            "drain_starts_at",
            "revision",
            "seats",
            "driver",
            "seat_name",
            "seat_host",
            "seat_url",
            "port",
            "protocol",
            "lease_ttl_seconds",
            "lease_ttl_max_seconds",
            "seats_listed"
          ],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "size": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Seats that are there, retiring ones included."
            },
            "target_size": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Seats that will be there when no retiring one is left."
            },
            "state": {"$ref": "#/components/schemas/PoolState"},
            "reason": {
              "type": ["string", "null"],
              "description": "Why it is closed, or, while it is open, why it will be drained."
            },
            "by": {"type": ["string", "null"], "description": "Who did or announced that."},
            "deadline_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When a drain, present or to come, ends what is left; null: it \#
        waits, or there is none."
            },
            "drain_starts_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When a drain that is to come begins."
            },
            "revision": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Moves with changes by admins, never with grants."
            },
            "seats": {"$ref": "#/components/schemas/SeatCounts"},
            "driver": {"type": "string", "enum": ["none"]},
            "seat_name": {"type": ["string", "null"]},
            "seat_host": {"type": ["string", "null"]},
            "seat_url": {"type": ["string", "null"]},
            "port": {"type": ["integer", "null"], "minimum": 1, "maximum": 65535},
            "protocol": {"type": "string", "enum": ["rdp", "vnc", "spice", "ssh", "url"]},
            "lease_ttl_seconds": {"type": "integer", "minimum": 1, "maximum": 2678400},
            "lease_ttl_max_seconds": {"type": "integer", "minimum": 1, "maximum": 2678400},
            "seats_listed": {"type": "array", "items": {"$ref": "#/components/schemas/ListedSeat"}}
          }
        },
        "PoolList": {
          "type": "object",
          "description": "One page of pools, in the site's order.",
          "required": ["pools", "next"],
          "properties": {
            "pools": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Pool"},
              "maxItems": 1000
            },
            "next": {
              "type": ["string", "null"],
              "description": "What to pass as after for the next page; null at the end."
            }
          }
        },
        "ResizePlan": {
          "type": "object",
          "description": "What a resize does, or would do.",
          "required": [
            "size",
            "target_size",
            "retired",
            "displaced",
            "complete_by",
            "shortfalls"
          ],
          "properties": {
            "size": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Seats that are there now, retiring ones included."
            },
            "target_size": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
            "retired": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Free seats that went at once."
            },
            "displaced": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Lease"},
              "description": "Leases whose seats go when they end; they cannot be extended."
            },
            "complete_by": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When the last of them has ended; null when nobody is displaced."
            },
            "shortfalls": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Shortfall"},
              "description": "When, from now on, quotas go beyond the seats."
            }
          }
        },
        "SeatState": {
          "type": "string",
          "enum": ["available", "leased", "cleaning", "starting", "offline", "quarantined"]
        },
        "Seat": {
          "type": "object",
          "description": "One desktop, or whatever else is leased one by one.",
          "required": [
            "name",
            "pool",
            "state",
            "cordoned",
            "host",
            "port",
            "protocol",
            "url",
            "token",
            "lease",
            "holder",
            "reason",
            "deadline_at",
            "drain_starts_at"
          ],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "pool": {"$ref": "#/components/schemas/Name"},
            "state": {"$ref": "#/components/schemas/SeatState"},
            "cordoned": {
              "type": "boolean",
              "description": "Stands beside the state: a leased seat can be both."
            },
            "host": {"type": ["string", "null"]},
            "port": {"type": ["integer", "null"], "minimum": 1, "maximum": 65535},
            "protocol": {"type": "string", "enum": ["rdp", "vnc", "spice", "ssh", "url"]},
            "url": {"type": ["string", "null"]},
            "token": {
              "allOf": [{"$ref": "#/components/schemas/Token"}],
              "description": "That of its last grant; 0 before the first."
            },
            "lease": {"oneOf": [{"$ref": "#/components/schemas/LeaseId"}, {"type": "null"}]},
            "holder": {"type": ["string", "null"]},
            "reason": {
              "type": ["string", "null"],
              "description": "Why it is cordoned or will be drained, or what is wrong with it."
            },
            "deadline_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When a drain of this seat, present or to come, ends its lease."
            },
            "drain_starts_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When a drain of this seat that is to come begins."
            }
          }
        },
        "SeatList": {
          "type": "object",
          "description": "One page of seats, in the site's order.",
          "required": ["seats", "next"],
          "properties": {
            "seats": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Seat"},
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
