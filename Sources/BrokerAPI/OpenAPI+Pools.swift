extension OpenAPIDocument {
    /// Paths of pools.
    static let poolsPaths = #"""
        "/v1/pools": {
          "get": {
            "operationId": "listPools",
            "tags": ["pools"],
            "summary": "Lists pools",
            "description": "Observers and the seat driver, on the control socket.",
            "parameters": [
              {"$ref": "#/components/parameters/Limit"},
              {"$ref": "#/components/parameters/After"}
            ],
            "responses": {
              "200": {
                "description": "A page of pools.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/PoolList"}}
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
          },
          "post": {
            "operationId": "createPool",
            "tags": ["pools"],
            "summary": "Creates a pool",
            "description": "Admins, on the control socket.",
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/PoolCreateRequest"}}
              }
            },
            "responses": {
              "201": {
                "description": "The pool.",
                "headers": {
                  "Location": {
                    "description": "The path of what was made.",
                    "required": true,
                    "schema": {"type": "string"}
                  }
                },
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pool"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "409": {
                "description": "conflict: a pool or a seat has that name already. seat-limit: \#
        too many seats.",
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
        "/v1/pools/{pool}": {
          "get": {
            "operationId": "getPool",
            "tags": ["pools"],
            "summary": "Shows a pool",
            "description": "Observers and the seat driver, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/PoolName"}],
            "responses": {
              "200": {
                "description": "The pool.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pool"}}}
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
            "operationId": "deletePool",
            "tags": ["pools"],
            "summary": "Deletes a pool without leases",
            "description": "The lists of groups lose it as well. Admins, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/PoolName"}],
            "responses": {
              "204": {"description": "It is gone."},
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "409": {
                "description": "conflict: the pool has live leases; drain it first.",
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
        "/v1/pools/{pool}/resize": {
          "post": {
            "operationId": "resizePool",
            "tags": ["pools"],
            "summary": "Makes a pool larger or smaller",
            "description": "Growth is at once. Shrinking takes free seats first; the others go \#
        as their leases end. Admins, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/PoolName"}],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/ResizeRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The plan.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/ResizePlan"}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "409": {
                "description": "seat-limit: too many seats. conflict: a seat has that name \#
        already.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "412": {
                "description": "revision-mismatch: the pool has changed meanwhile.",
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
        "/v1/pools/{pool}/drain": {
          "post": {
            "operationId": "drainPool",
            "tags": ["pools"],
            "summary": "Closes a pool and empties it",
            "description": "At once, or at a time to come, until which the pool stays open. A new \#
        drain replaces the last. Operators, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/PoolName"}],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/DrainRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The forecast.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/DrainForecast"}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "409": {
                "description": "conflict: it is to begin with the end of a window, and no group \#
        of the pool has any.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
              "412": {
                "description": "revision-mismatch: the pool has changed meanwhile.",
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
        "/v1/pools/{pool}/cordon": {
          "post": {
            "operationId": "cordonPool",
            "tags": ["pools"],
            "summary": "Closes a pool to new leases",
            "description": "Operators, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/PoolName"}],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/CordonRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The pool.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pool"}}}
              },
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
        "/v1/pools/{pool}/uncordon": {
          "post": {
            "operationId": "uncordonPool",
            "tags": ["pools"],
            "summary": "Opens a pool",
            "description": "It also calls a drain off, one to come too: leases that have not \#
        ended get their former deadline. Operators, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/PoolName"}],
            "requestBody": {
              "required": false,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/UncordonRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The pool.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pool"}}}
              },
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
        }
        """#
}
