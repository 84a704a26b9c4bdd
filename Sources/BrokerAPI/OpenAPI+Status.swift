extension OpenAPIDocument {
    /// Paths of status and insight.
    static let statusPaths = #"""
        "/v1/status": {
          "get": {
            "operationId": "getStatus",
            "tags": ["status"],
            "summary": "Shows the broker at a glance",
            "description": "Everybody, on every listener.",
            "responses": {
              "200": {
                "description": "The status.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        },
        "/v1/explain": {
          "get": {
            "operationId": "explain",
            "tags": ["status"],
            "summary": "Explains what a request would come to",
            "description": "Agents about themselves; observers, on the control socket, about \#
        anybody.",
            "parameters": [
              {
                "name": "agent",
                "in": "query",
                "description": "Absent: the caller.",
                "schema": {"type": "string"}
              },
              {"name": "pool", "in": "query", "schema": {"type": "string"}},
              {
                "name": "at",
                "in": "query",
                "description": "An instant that is not past; absent: now.",
                "schema": {"type": "string", "format": "date-time"}
              }
            ],
            "responses": {
              "200": {
                "description": "Every rule with its numbers.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/Explanation"}}
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
        "/healthz": {
          "get": {
            "operationId": "getHealth",
            "tags": ["status"],
            "summary": "Says whether the daemon is alive",
            "description": "Everybody, on every listener.",
            "responses": {
              "200": {
                "description": "It is.",
                "content": {"text/plain": {"schema": {"type": "string"}, "example": "ok\n"}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        },
        "/readyz": {
          "get": {
            "operationId": "getReadiness",
            "tags": ["status"],
            "summary": "Says whether the daemon takes requests",
            "description": "Everybody, on every listener.",
            "responses": {
              "200": {
                "description": "It does.",
                "content": {"text/plain": {"schema": {"type": "string"}, "example": "ok\n"}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        },
        "/metrics": {
          "get": {
            "operationId": "getMetrics",
            "tags": ["status"],
            "summary": "Gives every metric, for Prometheus and what reads its format",
            "description": "Observers; on the monitoring listener, everybody. Names no people. \#
        OpenMetrics 1.0 where `Accept` asks for it, else Prometheus' text format 0.0.4.",
            "responses": {
              "200": {
                "description": "The metrics; Docs/METRICS.md lists them.",
                "content": {
                  "text/plain": {"schema": {"type": "string"}},
                  "application/openmetrics-text": {"schema": {"type": "string"}}
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
        "/v1/openapi.json": {
          "get": {
            "operationId": "getOpenAPI",
            "tags": ["status"],
            "summary": "Gives this document",
            "description": "Everybody, on every listener.",
            "responses": {
              "200": {
                "description": "This document.",
                "content": {"application/json": {"schema": {"type": "object"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "413": {"$ref": "#/components/responses/ContentTooLarge"},
              "429": {"$ref": "#/components/responses/TooManyRequests"},
              "431": {"$ref": "#/components/responses/HeadersTooLarge"},
              "503": {"$ref": "#/components/responses/Unavailable"}
            }
          }
        }
        """#
}
