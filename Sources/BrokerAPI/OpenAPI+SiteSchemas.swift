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
            "waiting",
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
            "slots": {
              "type": ["array", "null"],
              "items": {"type": "string"},
              "description": "When it may enter, as mon.am, or 2.mon.am in a cycle of several \#
        weeks; null: at any time. Empty: only where an exception of the rota lets it in."
            },
            "used": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Live leases that count in the quota."
            },
            "waiting": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Places in the line that count for it."
            },
            "open": {"type": "boolean", "description": "Whether it may enter now."},
            "opens_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When its next window begins; null where none is known."
            },
            "closes_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "When the window ends that it is in."
            }
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
            "slots": {
              "type": ["array", "null"],
              "uniqueItems": true,
              "items": {
                "type": "string",
                "pattern": "^([1-9][0-9]?\\.)?(mon|tue|wed|thu|fri|sat|sun)\\.[A-Za-z0-9_-]{1,32}$"
              },
              "description": "Slots of the rota, as mon.am, or 2.mon.am in a cycle of several \#
        weeks. Absent or null: it may enter at any time. Empty: only where an exception of the \#
        rota lets it in."
            },
            "name": {"description": "Ignored: only answers say it."},
            "used": {"description": "Ignored: only answers say it."},
            "waiting": {"description": "Ignored: only answers say it."},
            "open": {"description": "Ignored: only answers say it."},
            "opens_at": {"description": "Ignored: only answers say it."},
            "closes_at": {"description": "Ignored: only answers say it."}
          },
          "additionalProperties": false,
          "examples": [
            {"members": ["@finance", "jdupont"], "pools": ["telework"], "quota": 300, "reserve": 0}
          ]
        },
        "GroupPlan": {
          "type": "object",
          "description": "What a change of a group would do.",
          "required": ["group", "displaced", "shortfalls", "revision"],
          "properties": {
            "group": {
              "allOf": [{"$ref": "#/components/schemas/Group"}],
              "description": "As it would be."
            },
            "displaced": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Lease"},
              "description": "Leases that it leaves outside of their group's windows: they end \#
        after the grace."
            },
            "shortfalls": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Shortfall"},
              "description": "When, from now on, quotas go beyond the seats."
            },
            "revision": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "The journal's revision now, to be passed as if_revision."
            }
          }
        },
        "SiteApplyResult": {
          "type": "object",
          "description": "What applying a site did, or would do.",
          "required": ["diff", "displaced", "shortfalls", "changed", "revision"],
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
            "shortfalls": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/Shortfall"},
              "description": "When, from now on, quotas go beyond the seats."
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
        }
        """#
}
