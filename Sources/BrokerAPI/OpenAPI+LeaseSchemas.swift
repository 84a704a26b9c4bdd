extension OpenAPIDocument {
    /// Leases, and the bodies of their calls.
    static let leaseSchemas = #"""
        "LeaseState": {"type": "string", "enum": ["active", "ending", "ended"]},
        "LeaseEndReason": {
          "type": "string",
          "enum": ["released", "expired", "revoked", "window-closed", "drained", "seat-failed"]
        },
        "LeaseSeat": {
          "type": "object",
          "description": "Where the seat is. With protocol url it has no host and no port, but \#
        an address.",
          "required": ["name", "host", "port", "protocol", "url"],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "host": {"type": ["string", "null"]},
            "port": {"type": ["integer", "null"], "minimum": 1, "maximum": 65535},
            "protocol": {"type": "string", "enum": ["rdp", "vnc", "spice", "ssh", "url"]},
            "url": {"type": ["string", "null"]}
          }
        },
        "Lease": {
          "type": "object",
          "description": "A time-limited right to a seat.",
          "required": [
            "id",
            "token",
            "state",
            "pool",
            "group",
            "holder",
            "seat",
            "granted_at",
            "expires_at",
            "window_ends_at",
            "ending_reason",
            "ended_at",
            "end_reason",
            "detail"
          ],
          "properties": {
            "id": {"$ref": "#/components/schemas/LeaseId"},
            "token": {"$ref": "#/components/schemas/Token"},
            "state": {"$ref": "#/components/schemas/LeaseState"},
            "pool": {"$ref": "#/components/schemas/Name"},
            "group": {
              "allOf": [{"$ref": "#/components/schemas/Name"}],
              "description": "Whose quota it counts in."
            },
            "holder": {"type": "string"},
            "seat": {"$ref": "#/components/schemas/LeaseSeat"},
            "granted_at": {"$ref": "#/components/schemas/Instant"},
            "expires_at": {
              "allOf": [{"$ref": "#/components/schemas/Instant"}],
              "description": "The deadline; an expired lease is never extended."
            },
            "window_ends_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "The end of its group's window; null: the group may enter at any time."
            },
            "ending_reason": {
              "oneOf": [{"$ref": "#/components/schemas/LeaseEndReason"}, {"type": "null"}],
              "description": "Why the state is ending; null in every other state."
            },
            "ended_at": {"oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]},
            "end_reason": {
              "oneOf": [{"$ref": "#/components/schemas/LeaseEndReason"}, {"type": "null"}]
            },
            "detail": {
              "type": ["string", "null"],
              "description": "Why it ends or ended, in the words of whoever ended it."
            }
          },
          "examples": [
            {
              "id": "01kbx2m9vz5c8h3r7q0d4e6f1g",
              "token": 4711,
              "state": "active",
              "pool": "telework",
              "group": "finance",
              "holder": "jdupont",
              "seat": {
                "name": "vdi-0001",
                "host": "vdi-0001.desk.example",
                "port": 3389,
                "protocol": "rdp",
                "url": null
              },
              "granted_at": "2026-11-24T07:58:03.120Z",
              "expires_at": "2026-11-24T15:58:03.120Z",
              "window_ends_at": null,
              "ending_reason": null,
              "ended_at": null,
              "end_reason": null,
              "detail": null
            }
          ]
        },
        "LeaseList": {
          "type": "object",
          "description": "One page of leases, in the order of their grants.",
          "required": ["leases", "next"],
          "properties": {
            "leases": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Lease"},
              "maxItems": 1000
            },
            "next": {
              "type": ["string", "null"],
              "description": "What to pass as after for the next page; null at the end."
            }
          }
        },
        "GrantRequest": {
          "type": "object",
          "description": "All fields may be absent, and the body too.",
          "properties": {
            "pool": {
              "type": ["string", "null"],
              "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
              "description": "Absent or null: the pools of the holder's groups, in the site's \#
        order."
            },
            "group": {
              "type": ["string", "null"],
              "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
              "description": "Whom to charge. Absent or null: the holder's groups, in the site's \#
        order."
            },
            "ttl_seconds": {
              "type": ["integer", "null"],
              "minimum": 1,
              "maximum": 9007199254740991,
              "description": "More than the pool's maximum is cut to it. Absent or null: the \#
        pool's default, and for a group with slots the pool's maximum."
            },
            "wait_seconds": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 43200,
              "description": "How long to wait in the line where there is no seat at once. Absent, \#
        null or 0: not at all."
            },
            "holder": {
              "type": ["string", "null"],
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]+$",
              "description": "On the control socket: whom the lease is for."
            },
            "holder_groups": {
              "type": ["array", "null"],
              "items": {"type": "string"},
              "description": "With holder: the unix groups that the caller vouches for. Absent \#
        or null: those that the name service knows."
            }
          },
          "additionalProperties": false,
          "examples": [{"pool": "telework", "ttl_seconds": 14400, "wait_seconds": 60}]
        },
        "RenewRequest": {
          "type": "object",
          "properties": {
            "ttl_seconds": {
              "type": ["integer", "null"],
              "minimum": 1,
              "maximum": 9007199254740991,
              "description": "From now on. Absent or null: the pool's lease_ttl_seconds."
            }
          },
          "additionalProperties": false,
          "examples": [{"ttl_seconds": 3600}]
        },
        "RevokeRequest": {
          "type": "object",
          "required": ["reason"],
          "properties": {
            "reason": {"$ref": "#/components/schemas/Reason"},
            "grace_seconds": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 31622400,
              "description": "How long the holder may still finish; 0, absent or null: the lease \#
        ends at once."
            }
          },
          "additionalProperties": false,
          "examples": [{"reason": "Account closed", "grace_seconds": 300}]
        },
        "Connection": {
          "type": "object",
          "description": "How to reach the seat of a lease.",
          "required": ["lease", "token", "seat", "host", "port", "protocol", "url", "expires_at"],
          "properties": {
            "lease": {"$ref": "#/components/schemas/LeaseId"},
            "token": {"$ref": "#/components/schemas/Token"},
            "seat": {"$ref": "#/components/schemas/Name"},
            "host": {"type": ["string", "null"]},
            "port": {"type": ["integer", "null"], "minimum": 1, "maximum": 65535},
            "protocol": {"type": "string", "enum": ["rdp", "vnc", "spice", "ssh", "url"]},
            "url": {"type": ["string", "null"]},
            "expires_at": {"$ref": "#/components/schemas/Instant"}
          }
        }
        """#
}
