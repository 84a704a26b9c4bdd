extension OpenAPIDocument {
    /// Groups, the site and the daemon.
    static let siteSchemas = #"""
        "Group": {
          "type": "object",
          "description": "Agents who share a quota.",
          "required": [
            "name",
            "members",
            "pools",
            "quota",
            "reserve",
            "slots",
            "used",
            "open",
            "opens_at",
            "closes_at"
          ],
          "properties": {
            "name": {"$ref": "#/components/schemas/Name"},
            "members": {
              "type": "array",
              "items": {"type": "string"},
              "description": "Unix groups as @name, users as name."
            },
            "pools": {"type": "array", "items": {"$ref": "#/components/schemas/Name"}},
            "quota": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Most leases at once, over all pools; null: no limit."
            },
            "reserve": {
              "oneOf": [
                {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                {
                  "type": "object",
                  "additionalProperties": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 9007199254740991
                  }
                }
              ],
              "description": "Seats that others may not take: a number for one pool, else an \#
        object of numbers by pool."
            },
            "slots": {"type": "null", "description": "The group may enter at any time."},
            "used": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Live leases that count in the quota."
            },
            "open": {"type": "boolean"},
            "opens_at": {"oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]},
            "closes_at": {"oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]}
          }
        },
        "GroupList": {
          "type": "object",
          "description": "One page of groups, in the site's order.",
          "required": ["groups", "next"],
          "properties": {
            "groups": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Group"},
              "maxItems": 1000
            },
            "next": {
              "type": ["string", "null"],
              "description": "What to pass as after for the next page; null at the end."
            }
          }
        },
        "GroupPutRequest": {
          "type": "object",
          "description": "Replaces the group: what is absent or null takes its default.",
          "properties": {
            "members": {
              "type": ["array", "null"],
              "uniqueItems": true,
              "items": {
                "type": "string",
                "minLength": 1,
                "maxLength": 257,
                "pattern": "^(@[^\\u0000-\\u001f\\u007f-\\u009f]+|[^@\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*)$"
              },
              "description": "Unix groups as @name, users as name."
            },
            "pools": {
              "type": ["array", "null"],
              "uniqueItems": true,
              "items": {"$ref": "#/components/schemas/Name"},
              "description": "In the order in which they are tried."
            },
            "quota": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 2000000,
              "description": "Absent or null: no limit."
            },
            "reserve": {
              "oneOf": [
                {"type": "integer", "minimum": 0, "maximum": 2000000},
                {
                  "type": "object",
                  "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 2000000}
                },
                {"type": "null"}
              ],
              "description": "A number for a group with one pool, else an object of numbers by \#
        pool."
            },
            "slots": {"type": "null"},
            "name": {"description": "Ignored: only answers say it."},
            "used": {"description": "Ignored: only answers say it."},
            "open": {"description": "Ignored: only answers say it."},
            "opens_at": {"description": "Ignored: only answers say it."},
            "closes_at": {"description": "Ignored: only answers say it."}
          },
          "additionalProperties": false,
          "examples": [
            {"members": ["@finance", "jdupont"], "pools": ["telework"], "quota": 300, "reserve": 0}
          ]
        },
        "SiteApplyResult": {
          "type": "object",
          "description": "What applying a site did, or would do.",
          "required": ["diff", "displaced", "changed", "revision"],
          "properties": {
            "diff": {
              "type": "string",
              "description": "A unified diff of the site; empty when nothing changes."
            },
            "displaced": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Lease"},
              "description": "Leases that cannot be extended any more."
            },
            "changed": {"type": "boolean"},
            "revision": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "The journal's revision afterwards, or, in a dry run, now."
            }
          }
        },
        "ReloadResult": {
          "type": "object",
          "description": "What a reload did.",
          "required": ["changed", "needs_restart"],
          "properties": {
            "changed": {
              "type": "array",
              "items": {"type": "string"},
              "description": "Settings that changed and count from now on."
            },
            "needs_restart": {
              "type": "array",
              "items": {"type": "string"},
              "description": "Settings that changed in the file but count only after a restart."
            }
          }
        },
        "Status": {
          "type": "object",
          "description": "The broker at a glance, without names of people.",
          "required": [
            "version",
            "instance",
            "now",
            "started_at",
            "state",
            "seats",
            "pools",
            "groups",
            "queue",
            "store"
          ],
          "properties": {
            "version": {"type": "string"},
            "instance": {"type": "string", "description": "Names the state among all others; the same over restarts."},
            "now": {"$ref": "#/components/schemas/Instant"},
            "started_at": {"$ref": "#/components/schemas/Instant"},
            "state": {"type": "string", "enum": ["serving", "read-only", "stopping"]},
            "seats": {
              "type": "object",
              "required": [
                "limit",
                "total",
                "available",
                "leased",
                "cleaning",
                "starting",
                "offline",
                "quarantined",
                "cordoned"
              ],
              "properties": {
                "limit": {
                  "type": ["integer", "null"],
                  "minimum": 0,
                  "maximum": 9007199254740991,
                  "description": "The licence count; null: no limit."
                },
                "total": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                "available": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                "leased": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                "cleaning": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                "starting": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                "offline": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                "quarantined": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                "cordoned": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
              }
            },
            "pools": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "state", "size", "leased", "available"],
                "properties": {
                  "name": {"$ref": "#/components/schemas/Name"},
                  "state": {"$ref": "#/components/schemas/PoolState"},
                  "size": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                  "leased": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                  "available": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
                }
              }
            },
            "groups": {
              "type": "array",
              "items": {
                "type": "object",
                "required": ["name", "used", "quota", "open", "closes_at", "opens_at"],
                "properties": {
                  "name": {"$ref": "#/components/schemas/Name"},
                  "used": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                  "quota": {"type": ["integer", "null"], "minimum": 0, "maximum": 9007199254740991},
                  "open": {"type": "boolean"},
                  "closes_at": {
                    "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]
                  },
                  "opens_at": {
                    "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]
                  }
                }
              }
            },
            "queue": {
              "type": "object",
              "required": ["waiting", "oldest_seconds"],
              "properties": {
                "waiting": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                "oldest_seconds": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
              }
            },
            "store": {
              "type": "object",
              "required": ["kind", "revision", "low_space"],
              "properties": {
                "kind": {"type": "string"},
                "revision": {
                  "type": "integer",
                  "minimum": 0,
                  "maximum": 9007199254740991,
                  "description": "How many records the journal has had."
                },
                "low_space": {
                  "type": "boolean",
                  "description": "The disk is full: only releases are taken."
                }
              }
            }
          }
        },
        "Explanation": {
          "type": "object",
          "description": "What would become of a request, and why.",
          "required": ["agent", "pool", "at", "outcome", "rules", "ahead", "earliest_at"],
          "properties": {
            "agent": {"type": "string"},
            "pool": {"type": ["string", "null"]},
            "at": {"$ref": "#/components/schemas/Instant"},
            "outcome": {"type": "string", "enum": ["granted", "refused", "held"]},
            "rules": {"type": "array", "items": {"$ref": "#/components/schemas/Rule"}},
            "ahead": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "How many wait before."
            },
            "earliest_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "The first instant at which a grant would pass."
            }
          }
        }
        """#
}
