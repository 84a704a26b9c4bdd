extension OpenAPIDocument {
    /// Paths of the site and of the daemon itself.
    static let sitePaths = #"""
        "/v1/site": {
          "get": {
            "operationId": "getSite",
            "tags": ["site"],
            "summary": "Exports the site",
            "description": "Observers, on the control socket.",
            "responses": {
              "200": {
                "description": "The site, in canonical form.",
                "content": {"application/toml": {"schema": {"type": "string"}}}
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
          "put": {
            "operationId": "putSite",
            "tags": ["site"],
            "summary": "Replaces the site",
            "description": "Everything or nothing. A mistake in it is a problem with line and \#
        column. Admins, on the control socket.",
            "parameters": [
              {
                "name": "dry_run",
                "in": "query",
                "description": "true: answer the difference and change nothing.",
                "schema": {"type": "boolean", "default": false}
              },
              {"$ref": "#/components/parameters/IfRevision"}
            ],
            "requestBody": {
              "required": true,
              "content": {
                "application/toml": {"schema": {"type": "string", "minLength": 1}},
                "text/plain": {
                  "schema": {"type": "string", "minLength": 1},
                  "example": "[[pool]]\nname = \"telework\"\nsize = 20\n\n[[group]]\nname = \#
        \"finance\"\nmembers = [\"@finance\"]\npools = [\"telework\"]\nquota = 10\n"
                }
              }
            },
            "responses": {
              "200": {
                "description": "The difference.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/SiteApplyResult"}}
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "409": {
                "description": "conflict: a pool that goes has live leases, or a name is taken. \#
        seat-limit: too many seats.",
                "content": {
                  "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }
              },
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
          }
        },
        "/v1/reload": {
          "post": {
            "operationId": "reload",
            "tags": ["daemon"],
            "summary": "Reads the daemon's configuration again",
            "description": "A bad file changes nothing and is a problem with file, line and \#
        column. Admins, on the control socket.",
            "responses": {
              "200": {
                "description": "What changed.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/ReloadResult"}}
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
        "/v1/backup": {
          "get": {
            "operationId": "getBackup",
            "tags": ["daemon"],
            "summary": "Copies the state",
            "description": "Consistent, while serving; brokerd restore takes it. Admins, on the \#
        control socket.",
            "responses": {
              "200": {"description": "The copy.", "content": {"application/octet-stream": {}}},
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
}
