extension OpenAPIDocument {
    /// Bodies of the calls on pools and seats.
    static let poolRequestSchemas = #"""
        "NewListedSeat": {
          "type": "object",
          "required": ["name"],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "host": {
              "type": ["string", "null"],
              "minLength": 1,
              "maxLength": 255,
              "pattern": "^[^\\u0000-\\u0020\\u007f-\\u00a0]+$",
              "description": "Absent or null: the seat's name."
            },
            "port": {
              "type": ["integer", "null"],
              "minimum": 1,
              "maximum": 65535,
              "description": "Absent or null: the pool's."
            },
            "url": {
              "type": ["string", "null"],
              "maxLength": 2048,
              "pattern": "^[a-z][a-z0-9+.-]*:[!-~]+$",
              "description": "Needed in a pool with protocol url, refused in every other."
            },
            "agent": {
              "type": ["string", "null"],
              "minLength": 1,
              "maxLength": 256,
              "pattern": "^[^@\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$",
              "description": "The one person who may have it; absent or null: everybody."
            }
          },
          "additionalProperties": false
        },
        "PoolCreateRequest": {
          "type": "object",
          "description": "A pool as in the site file.",
          "required": ["name"],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "size": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 2000000,
              "description": "All seats. Absent or null: as many as are listed."
            },
            "driver": {"type": ["string", "null"], "enum": ["none", null]},
            "seat_name": {
              "type": ["string", "null"],
              "pattern": "^[^%]*%(0[1-9])?d[^%]*$",
              "description": "Absent or null: the pool's name and -%04d."
            },
            "seat_host": {
              "type": ["string", "null"],
              "pattern": "^[^%]*%(0[1-9])?d[^%]*$",
              "description": "Absent or null: the seat's name."
            },
            "seat_url": {
              "type": ["string", "null"],
              "pattern": "^[^%]*%(0[1-9])?d[^%]*$",
              "description": "Needed with protocol url, refused with every other."
            },
            "port": {
              "type": ["integer", "null"],
              "minimum": 1,
              "maximum": 65535,
              "description": "Absent or null: the protocol's."
            },
            "protocol": {
              "type": ["string", "null"],
              "enum": ["rdp", "vnc", "spice", "ssh", "url", null],
              "description": "Absent or null: rdp."
            },
            "lease_ttl_seconds": {"type": ["integer", "null"], "minimum": 1, "maximum": 2678400},
            "lease_ttl_max_seconds": {
              "type": ["integer", "null"],
              "minimum": 1,
              "maximum": 2678400
            },
            "seats": {
              "type": ["array", "null"],
              "items": {"$ref": "#/components/schemas/NewListedSeat"},
              "description": "Seats with names of their own, before the patterned ones."
            }
          },
          "additionalProperties": false,
          "examples": [{"name": "training", "size": 24, "seat_name": "room-%02d"}]
        },
        "ResizeRequest": {
          "type": "object",
          "required": ["size"],
          "properties": {
            "size": {"type": "integer", "minimum": 0, "maximum": 2000000},
            "dry_run": {
              "type": ["boolean", "null"],
              "description": "true: answer the plan and change nothing."
            },
            "if_revision": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "The pool's revision that the caller has seen; with any other it is \#
        412."
            }
          },
          "additionalProperties": false,
          "examples": [{"size": 1200, "dry_run": true}]
        },
        "CordonRequest": {
          "type": "object",
          "required": ["reason"],
          "properties": {"reason": {"$ref": "#/components/schemas/Reason"}},
          "additionalProperties": false,
          "examples": [{"reason": "Air conditioning failed"}]
        },
        "UncordonRequest": {
          "type": "object",
          "description": "May be absent.",
          "properties": {
            "reason": {
              "oneOf": [{"$ref": "#/components/schemas/Reason"}, {"type": "null"}],
              "description": "For the journal."
            }
          },
          "additionalProperties": false,
          "examples": [{"reason": "Air conditioning repaired"}]
        }
        """#
}
