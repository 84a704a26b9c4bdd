extension OpenAPIDocument {
    /// Status and insight.
    static let statusSchemas = #"""
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
            "rota",
            "store",
            "history"
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
                "required": [
                  "name",
                  "state",
                  "size",
                  "leased",
                  "available",
                  "reason",
                  "by",
                  "deadline_at",
                  "drain_starts_at"
                ],
                "properties": {
                  "name": {"$ref": "#/components/schemas/Name"},
                  "state": {"$ref": "#/components/schemas/PoolState"},
                  "size": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                  "leased": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                  "available": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                  "reason": {
                    "type": ["string", "null"],
                    "description": "Why it is closed, or, while it is open, why it will be drained; \#
                    null on the monitoring listener."
                  },
                  "by": {
                    "type": ["string", "null"],
                    "description": "Who did or announced that; null on the monitoring listener."
                  },
                  "deadline_at": {
                    "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]
                  },
                  "drain_starts_at": {
                    "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}]
                  }
                }
              }
            },
            "groups": {
              "type": "array",
              "items": {
                "type": "object",
                "required": [
                  "name",
                  "used",
                  "quota",
                  "waiting",
                  "open",
                  "closes_at",
                  "opens_at"
                ],
                "properties": {
                  "name": {"$ref": "#/components/schemas/Name"},
                  "used": {"type": "integer", "minimum": 0, "maximum": 9007199254740991},
                  "quota": {"type": ["integer", "null"], "minimum": 0, "maximum": 9007199254740991},
                  "waiting": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 9007199254740991,
                    "description": "Places in the line that count for it."
                  },
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
            "rota": {
              "oneOf": [{"$ref": "#/components/schemas/StatusRota"}, {"type": "null"}],
              "description": "null: the site has none."
            },
            "history": {
              "oneOf": [{"$ref": "#/components/schemas/StatusHistory"}, {"type": "null"}],
              "description": "null: there is none."
            },
            "store": {
              "type": "object",
              "required": [
                "kind",
                "revision",
                "low_space",
                "database_bytes",
                "free_bytes",
                "capacity_bytes",
                "writer_silence_seconds"
              ],
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
                },
                "database_bytes": {
                  "type": ["integer", "null"],
                  "minimum": 0,
                  "maximum": 9007199254740991,
                  "description": "Size of the database; null where the system does not say."
                },
                "free_bytes": {
                  "type": ["integer", "null"],
                  "minimum": 0,
                  "maximum": 9007199254740991,
                  "description": "What the file system of the state still has for the daemon."
                },
                "capacity_bytes": {
                  "type": ["integer", "null"],
                  "minimum": 0,
                  "maximum": 9007199254740991,
                  "description": "Size of that file system."
                },
                "writer_silence_seconds": {
                  "type": "integer",
                  "minimum": 0,
                  "maximum": 9007199254740991,
                  "description": "How long ago the writer last went round; more than a second \#
        where the disk is slow or hangs."
                }
              }
            }
          }
        },
        "StatusHistory": {
          "type": "object",
          "description": "How the history of leases and the audit stand to the journal.",
          "required": ["state", "revision", "reason"],
          "properties": {
            "state": {
              "type": "string",
              "enum": ["current", "behind", "failed"],
              "description": "failed: it takes nothing for now, and the broker serves on."
            },
            "revision": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "The journal's revision up to which it goes."
            },
            "reason": {
              "type": ["string", "null"],
              "description": "Why it takes nothing, or why it is made anew; null on the \#
              monitoring listener."
            }
          }
        },
        "StatusRota": {
          "type": "object",
          "description": "Where the windows come from.",
          "required": ["timezone", "tzdata", "reaches_until"],
          "properties": {
            "timezone": {"type": "string"},
            "tzdata": {
              "type": "string",
              "description": "The release of the zones; empty where the system does not say."
            },
            "reaches_until": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "How far the windows are known."
            }
          }
        },
        "Explanation": {
          "type": "object",
          "description": "What would become of a request, and why.",
          "required": [
            "agent",
            "pool",
            "at",
            "outcome",
            "rules",
            "ahead",
            "account_minutes",
            "earliest_at"
          ],
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
            "account_minutes": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Minutes in the last 14 days in which the agent waited for a seat of \#
        its groups or was refused one; among those who come in the same second, more of them go \#
        first."
            },
            "earliest_at": {
              "oneOf": [{"$ref": "#/components/schemas/Instant"}, {"type": "null"}],
              "description": "The first instant at which a grant would pass."
            }
          }
        }
        """#
}
