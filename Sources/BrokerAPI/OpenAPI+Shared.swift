extension OpenAPIDocument {
    /// Answers that most calls share.
    static let responses = #"""
        "BadRequest": {
          "description": "bad-request: a field, parameter or header is wrong or unknown.",
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        },
        "Forbidden": {
          "description": "forbidden: the caller may not do this, or not on this listener.",
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        },
        "NotFound": {
          "description": "not-found: what the path or the request names is not there.",
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        },
        "Timeout": {
          "description": "request-timeout: the request took too long to arrive.",
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        },
        "ContentTooLarge": {
          "description": "content-too-large: the body is above 64 KiB, or 1 MiB for a site.",
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        },
        "TooManyRequests": {
          "description": "too-many-requests: the user has asked too often on the agent socket.",
          "headers": {
            "Retry-After": {
              "description": "Seconds.",
              "required": true,
              "schema": {"type": "integer", "minimum": 0}
            }
          },
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        },
        "HeadersTooLarge": {
          "description": "headers-too-large: the header is above 8 KiB.",
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        },
        "Unavailable": {
          "description": "unavailable: the broker is stopping, or stuck.",
          "headers": {
            "Retry-After": {
              "description": "Seconds.",
              "required": true,
              "schema": {"type": "integer", "minimum": 0}
            }
          },
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        },
        "Storage": {
          "description": "storage: the disk is full, and nothing was done.",
          "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
          }
        }
        """#

    /// Parameters that several calls share.
    static let parameters = #"""
        "Limit": {
          "name": "limit",
          "in": "query",
          "description": "Most entries of the page.",
          "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
        },
        "After": {
          "name": "after",
          "in": "query",
          "description": "What next said in the page before.",
          "schema": {"type": "string"}
        },
        "IfRevision": {
          "name": "if_revision",
          "in": "query",
          "description": "The journal's revision that the caller has seen, as a dry run says it; \#
        412 when an admin has changed the site since.",
          "schema": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
        },
        "IdempotencyKey": {
          "name": "Idempotency-Key",
          "in": "header",
          "description": "Makes a repeat answer as the first did, for 24 hours: bare, or quoted \#
        as in RFC 8941.",
          "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\t -~]+$"},
          "example": "3f1c9a52-login"
        },
        "LeaseId": {
          "name": "id",
          "in": "path",
          "required": true,
          "description": "The lease.",
          "schema": {"$ref": "#/components/schemas/LeaseId"}
        },
        "PoolName": {
          "name": "pool",
          "in": "path",
          "required": true,
          "description": "The pool.",
          "schema": {"$ref": "#/components/schemas/Name"}
        },
        "SeatName": {
          "name": "seat",
          "in": "path",
          "required": true,
          "description": "The seat.",
          "schema": {"$ref": "#/components/schemas/Name"}
        },
        "GroupName": {
          "name": "group",
          "in": "path",
          "required": true,
          "description": "The group.",
          "schema": {"$ref": "#/components/schemas/Name"}
        }
        """#
}
