extension OpenAPIDocument {
    /// Paths of leases.
    static let leasesPaths = #"""
        "/v1/leases": {
          "post": {
            "operationId": "grantLease",
            "tags": ["leases"],
            "summary": "Requests a seat",
            "description": "201 is a new lease; 200 the one that the holder has in that pool \#
        already, unchanged. With wait_seconds the answer comes when there is a seat, or when the \#
        time is over; with Accept: text/event-stream as well it is a stream of events: queue with \#
        {place, ahead, estimated_at, expires_at} at the start and when that changes, and in the \#
        end lease or problem. Agents for themselves; gateways and admins, on the control socket, \#
        for others.",
            "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
            "requestBody": {
              "required": false,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/GrantRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The lease that the holder already has, or the stream of a \#
        request that may wait.",
                "headers": {
                  "Idempotency-Replayed": {
                    "description": "true: the answer to an earlier request with this key.",
                    "schema": {"type": "string", "enum": ["true"]}
                  }
                },
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/Lease"}},
                  "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": "event: queue\ndata: {\"place\":3,\"ahead\":2,\"estimated_at\":null,\"expires_at\":\"2026-11-24T07:58:03.120Z\"}\n\n"
                  }
                }
              },
              "201": {
                "description": "A new lease.",
                "headers": {
                  "Location": {
                    "description": "The path of the lease; not in a replay.",
                    "schema": {"type": "string"}
                  },
                  "Idempotency-Replayed": {
                    "description": "true: the answer to an earlier request with this key.",
                    "schema": {"type": "string", "enum": ["true"]}
                  }
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lease"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {
                "description": "not-entitled: no group of the agent may use the pool. \#
        outside-window: the rota lets none of them in now. Or forbidden.",
                "headers": {
                  "Retry-After": {
                    "description": "Seconds; with an outside-window that knows its opening.",
                    "schema": {"type": "integer", "minimum": 0}
                  }
                },
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "409": {
                "description": "conflict: the Idempotency-Key was used with another body, or \#
        another request of the holder has taken this one's place in the line.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "410": {
                "description": "lease-ended: the lease that the Idempotency-Key stands for has \#
        ended.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {
                "description": "quota-exceeded: the group holds its quota. Or too-many-requests.",
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
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {
                "description": "pool-exhausted, pool-cordoned or pool-draining: no seat now. \#
        line-full: too many wait. wait-expired: no seat in wait_seconds. Or unavailable.",
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
              "507": {"$ref": "#/components/responses/Storage"}
            }
          },
          "get": {
            "operationId": "listLeases",
            "tags": ["leases"],
            "summary": "Lists leases",
            "description": "Live ones, unless state says otherwise. Agents: their own. Gateways: \#
        those that they granted. Observers: all.",
            "parameters": [
              {"name": "pool", "in": "query", "schema": {"type": "string"}},
              {"name": "group", "in": "query", "schema": {"type": "string"}},
              {"name": "holder", "in": "query", "schema": {"type": "string"}},
              {
                "name": "state",
                "in": "query",
                "description": "One or several, with commas between.",
                "style": "form",
                "explode": false,
                "schema": {
                  "type": "array",
                  "minItems": 1,
                  "items": {"$ref": "#/components/schemas/LeaseState"},
                  "default": ["active", "ending"]
                }
              },
              {"$ref": "#/components/parameters/Limit"},
              {"$ref": "#/components/parameters/After"}
            ],
            "responses": {
              "200": {
                "description": "A page of leases.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/LeaseList"}}
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
        },
        "/v1/leases/{id}": {
          "get": {
            "operationId": "getLease",
            "tags": ["leases"],
            "summary": "Shows a lease",
            "description": "Ended ones too, while the history keeps them. With Accept: \#
        text/event-stream its present state and every change as server-sent events of type \#
        lease, until it has ended, and events of type notice with {lease, ends_at, \#
        remaining_seconds, reason} when an end comes near that no renewal moves. Its holder, \#
        the gateway that granted it, observers.",
            "parameters": [{"$ref": "#/components/parameters/LeaseId"}],
            "responses": {
              "200": {
                "description": "The lease, or its stream.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/Lease"}},
                  "text/event-stream": {
                    "schema": {"type": "string"},
                    "example": "event: lease\ndata: {\"id\":\"01kbx2m9vz5c8h3r7q0d4e6f1g\"}\n\n"
                  }
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
          },
          "delete": {
            "operationId": "releaseLease",
            "tags": ["leases"],
            "summary": "Releases a lease",
            "description": "A lease that has ended in any way is 204 as well. Its holder, the \#
        gateway that granted it, admins.",
            "parameters": [{"$ref": "#/components/parameters/LeaseId"}],
            "responses": {
              "204": {"description": "The lease has ended."},
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"},
              "507": {"$ref": "#/components/responses/Storage"}
            }
          }
        },
        "/v1/leases/{id}/connection": {
          "get": {
            "operationId": "getConnection",
            "tags": ["leases"],
            "summary": "Tells how to connect",
            "description": "With Accept: application/x-rdp a file for Remote Desktop clients. \#
        Its holder, the gateway that granted it, admins.",
            "parameters": [{"$ref": "#/components/parameters/LeaseId"}],
            "responses": {
              "200": {
                "description": "Where to connect.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/Connection"}},
                  "application/x-rdp": {"schema": {"type": "string"}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "406": {
                "description": "not-acceptable: the seat has no .rdp file; ask for JSON.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "408": {"$ref": "#/components/responses/Timeout"},
              "410": {
                "description": "lease-ended: the lease has ended, and detail says why.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        },
        "/v1/leases/{id}/renew": {
          "post": {
            "operationId": "renewLease",
            "tags": ["leases"],
            "summary": "Renews a lease",
            "description": "Never shortens it; never goes beyond the deadline of a drain or a \#
        revocation. Its holder, the gateway that granted it, admins.",
            "parameters": [{"$ref": "#/components/parameters/LeaseId"}],
            "requestBody": {
              "required": false,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/RenewRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The lease with its deadline now.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lease"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {
                "description": "not-entitled: no group of the agent may use the pool. Or \#
        forbidden.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "410": {
                "description": "lease-ended: the lease has ended, and detail says why.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"},
              "507": {"$ref": "#/components/responses/Storage"}
            }
          }
        },
        "/v1/leases/{id}/revoke": {
          "post": {
            "operationId": "revokeLease",
            "tags": ["leases"],
            "summary": "Ends the lease of another",
            "description": "Operators, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/LeaseId"}],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/RevokeRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The lease, ended or ending.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lease"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "410": {
                "description": "lease-ended: the lease has ended, and detail says why.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"},
              "507": {"$ref": "#/components/responses/Storage"}
            }
          }
        }
        """#
}
