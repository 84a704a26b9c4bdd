extension OpenAPIDocument {
    /// Paths of the audit.
    static let auditPaths = #"""
        "/v1/audit": {
          "get": {
            "operationId": "listAudit",
            "tags": ["audit"],
            "summary": "Lists who did what",
            "description": "Oldest first, by the wall clock as it went then. Observers, on the \#
        control socket.",
            "parameters": [
              {
                "name": "from",
                "in": "query",
                "description": "From this instant on.",
                "schema": {"$ref": "#/components/schemas/Instant"}
              },
              {
                "name": "to",
                "in": "query",
                "description": "Before this instant.",
                "schema": {"$ref": "#/components/schemas/Instant"}
              },
              {
                "name": "actor",
                "in": "query",
                "description": "What this user did, by name or by number.",
                "schema": {"type": "string", "minLength": 1}
              },
              {
                "name": "verb",
                "in": "query",
                "description": "What was done.",
                "schema": {"$ref": "#/components/schemas/AuditVerb"}
              },
              {
                "name": "target",
                "in": "query",
                "description": "What it was done to: a kind and a name, as pool/telework or \#
        holder/jdupont; site, rota or broker; or a name of any kind.",
                "schema": {"type": "string", "minLength": 1}
              },
              {
                "name": "outcome",
                "in": "query",
                "description": "done, or the slug of what stood against it.",
                "schema": {"type": "string", "minLength": 1}
              },
              {"$ref": "#/components/parameters/Limit"},
              {"$ref": "#/components/parameters/After"}
            ],
            "responses": {
              "200": {
                "description": "A page of the audit.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/AuditList"}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        },
        "/v1/audit/verify": {
          "get": {
            "operationId": "verifyAudit",
            "tags": ["audit"],
            "summary": "Checks that nobody has changed the audit",
            "description": "Every item against its digest, and against the journal as far as that \#
        reaches back. It takes seconds for years of a large house. Observers, on the control socket.",
            "parameters": [
              {
                "name": "head",
                "in": "query",
                "description": "A head that was written down before, which has to be in the chain.",
                "schema": {"type": "string", "pattern": "^[0-9]+:[0-9a-f]{64}$"}
              }
            ],
            "responses": {
              "200": {
                "description": "What was found.",
                "content": {
                  "application/json": {
                    "schema": {"$ref": "#/components/schemas/AuditVerification"}
                  }
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        }
        """#

    /// Items of the audit.
    static let auditSchemas = #"""
        "AuditVerb": {
          "type": "string",
          "description": "What was done.",
          "enum": [
            "grant",
            "renew",
            "release",
            "revoke",
            "expire",
            "end",
            "charge",
            "wait",
            "wait-end",
            "pool-create",
            "pool-set",
            "pool-resize",
            "pool-delete",
            "pool-cordon",
            "pool-uncordon",
            "pool-drain",
            "seats-add",
            "seats-remove",
            "seat-retire",
            "seats-keep",
            "seat-cordon",
            "seat-uncordon",
            "seat-drain",
            "group-set",
            "group-delete",
            "site-apply",
            "rota-set",
            "windows-set",
            "window-open",
            "window-close",
            "seat-limit-set",
            "tokens-raise",
            "clock-set",
            "reload"
          ]
        },
        "AuditEntry": {
          "type": "object",
          "description": "Who did what when, over which socket, why, and what came of it.",
          "required": [
            "sequence",
            "revision",
            "at",
            "uid",
            "name",
            "role",
            "channel",
            "verb",
            "target",
            "holder",
            "people",
            "details",
            "why",
            "outcome",
            "digest"
          ],
          "properties": {
            "sequence": {
              "type": "integer",
              "minimum": 1,
              "maximum": 9007199254740991,
              "description": "Counts the items."
            },
            "revision": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Of the journal."
            },
            "at": {
              "allOf": [{"$ref": "#/components/schemas/Instant"}],
              "description": "By the wall clock as it went then."
            },
            "uid": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 4294967295,
              "description": "null once names were replaced by pseudonyms."
            },
            "name": {
              "type": "string",
              "description": "Who did it, or a pseudonym, which begins with ~; brokerd by itself."
            },
            "role": {
              "type": "string",
              "enum": ["agent", "gateway", "seats", "operator", "admin", "system"]
            },
            "channel": {
              "oneOf": [{"type": "string", "enum": ["agent", "control"]}, {"type": "null"}],
              "description": "The socket; null: none, or a version that did not write it down."
            },
            "verb": {"$ref": "#/components/schemas/AuditVerb"},
            "target": {
              "type": "string",
              "description": "A kind and a name, as pool/telework; site, rota or broker."
            },
            "holder": {
              "type": ["string", "null"],
              "description": "Whose lease or place it was, or a pseudonym."
            },
            "people": {
              "type": "object",
              "description": "Other people, by what happened to them.",
              "additionalProperties": {"type": "array", "items": {"type": "string"}}
            },
            "details": {"type": "object", "description": "Numbers and names, by the verb."},
            "why": {
              "type": ["string", "null"],
              "description": "The reason that was given; dropped when names are replaced."
            },
            "outcome": {
              "type": "string",
              "description": "done, or the slug of what stood against it."
            },
            "digest": {
              "type": "string",
              "pattern": "^[0-9a-f]{64}$",
              "description": "SHA-256 of the digest before it and of the item."
            }
          }
        },
        "AuditList": {
          "type": "object",
          "description": "One page of the audit, oldest first.",
          "required": ["audit", "next"],
          "properties": {
            "audit": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/AuditEntry"},
              "maxItems": 1000
            },
            "next": {
              "type": ["string", "null"],
              "description": "What to pass as after for the next page; null at the end."
            }
          }
        },
        "AuditFinding": {
          "type": "object",
          "description": "Something in the audit that is not as it was written.",
          "required": ["what", "sequence", "revision"],
          "properties": {
            "what": {
              "type": "string",
              "enum": [
                "edited", "missing", "inserted", "differs", "sealed-early", "head", "journal"
              ]
            },
            "sequence": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991
            },
            "revision": {
              "type": ["integer", "null"],
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Of the journal; null where the item does not say."
            }
          }
        },
        "AuditVerification": {
          "type": "object",
          "description": "What a check of the audit has found.",
          "required": ["whole", "items", "head", "anchor", "journal_from", "findings"],
          "properties": {
            "whole": {"type": "boolean", "description": "Whether nothing was found."},
            "items": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "Items that were looked at."
            },
            "head": {
              "type": "string",
              "description": "The last item and its digest, to be written down elsewhere."
            },
            "anchor": {
              "type": "string",
              "description": "What was there before the first item that is kept."
            },
            "journal_from": {
              "type": "integer",
              "minimum": 0,
              "maximum": 9007199254740991,
              "description": "The journal's revision from which on items were compared with it."
            },
            "findings": {
              "type": "array",
              "items": {"$ref": "#/components/schemas/AuditFinding"},
              "maxItems": 101,
              "description": "The first hundred, and a head that is not there."
            }
          }
        }
        """#
}
