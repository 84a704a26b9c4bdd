extension OpenAPIDocument {
    /// Paths of groups.
    static let groupsPaths = #"""
        "/v1/groups": {
          "get": {
            "operationId": "listGroups",
            "tags": ["groups"],
            "summary": "Lists groups",
            "description": "Observers, on the control socket.",
            "parameters": [
              {"$ref": "#/components/parameters/Limit"},
              {"$ref": "#/components/parameters/After"}
            ],
            "responses": {
              "200": {
                "description": "A page of groups.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/GroupList"}}
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
        "/v1/groups/{group}": {
          "get": {
            "operationId": "getGroup",
            "tags": ["groups"],
            "summary": "Shows a group",
            "description": "Observers, on the control socket.",
            "parameters": [{"$ref": "#/components/parameters/GroupName"}],
            "responses": {
              "200": {
                "description": "The group.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Group"}}}
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
          "put": {
            "operationId": "putGroup",
            "tags": ["groups"],
            "summary": "Creates or replaces a group",
            "description": "A quota below what is in use revokes nobody. Admins, on the control \#
        socket.",
            "parameters": [
              {"$ref": "#/components/parameters/GroupName"},
              {
                "name": "dry_run",
                "in": "query",
                "description": "true: answer what it would do and change nothing.",
                "schema": {"type": "boolean", "default": false}
              },
              {"$ref": "#/components/parameters/IfRevision"}
            ],
            "requestBody": {
              "required": false,
              "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/GroupPutRequest"}}
              }
            },
            "responses": {
              "200": {
                "description": "The group, replaced, or what the change would do.",
                "content": {
                  "application/json": {
                    "schema": {
                      "oneOf": [
                        {"$ref": "#/components/schemas/Group"},
                        {"$ref": "#/components/schemas/GroupPlan"}
                      ]
                    }
                  }
                }
              },
              "201": {
                "description": "The group, new.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Group"}}}
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "404": {"$ref": "#/components/responses/NotFound"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "412": {
                "description": "revision-mismatch: somebody has changed the site meanwhile.",
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
          },
          "delete": {
            "operationId": "deleteGroup",
            "tags": ["groups"],
            "summary": "Deletes a group",
            "description": "Its leases run out and cannot be renewed. Admins, on the control \#
        socket.",
            "parameters": [{"$ref": "#/components/parameters/GroupName"}],
            "responses": {
              "204": {"description": "It is gone."},
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
