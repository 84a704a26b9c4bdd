extension OpenAPIDocument {
    /// Paths of seats.
    static let seatsPaths = #"""
        "/v1/seats": {
          "get": {
            "operationId": "listSeats",
            "tags": ["seats"],
            "summary": "Lists seats",
            "description": "Observers and the seat driver, on the control socket.",
            "parameters": [
              {"name": "pool", "in": "query", "schema": {"type": "string"}},
              {
                "name": "state",
                "in": "query",
                "description": "One or several, with commas between.",
                "style": "form",
                "explode": false,
                "schema": {
                  "type": "array",
                  "minItems": 1,
                  "items": {"$ref": "#/components/schemas/SeatState"}
                }
              },
              {"$ref": "#/components/parameters/Limit"},
              {"$ref": "#/components/parameters/After"}
            ],
            "responses": {
              "200": {
                "description": "A page of seats.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/SeatList"}}
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
        "/v1/seats/{seat}": {
          "get": {
            "operationId": "getSeat",
            "tags": ["seats"],
            "summary": "Shows a seat",
            "description": "Observers and the seat driver, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/SeatName"}],
            "responses": {
              "200": {
                "description": "The seat.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Seat"}}}
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
        "/v1/seats/{seat}/cordon": {
          "post": {
            "operationId": "cordonSeat",
            "tags": ["seats"],
            "summary": "Closes a seat to new leases",
            "description": "Operators, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/SeatName"}],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/CordonRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The seat.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Seat"}}}
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
        "/v1/seats/{seat}/uncordon": {
          "post": {
            "operationId": "uncordonSeat",
            "tags": ["seats"],
            "summary": "Opens a seat",
            "description": "It also calls a drain off. Operators, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/SeatName"}],
            "requestBody": {
              "required": false,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/UncordonRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The seat.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Seat"}}}
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
        "/v1/seats/{seat}/drain": {
          "post": {
            "operationId": "drainSeat",
            "tags": ["seats"],
            "summary": "Closes a seat and empties it",
            "description": "Operators, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/SeatName"}],
            "requestBody": {
              "required": true,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/SeatDrainRequest"}}
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
