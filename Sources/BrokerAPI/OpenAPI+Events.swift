extension OpenAPIDocument {
    /// The path of the event stream.
    static let eventsPaths = #"""
        "/v1/events": {
          "get": {
            "operationId": "streamEvents",
            "tags": ["events"],
            "summary": "Streams what happens",
            "description": "Server-sent events: id is the journal's revision, event the type, data \#
        an Event as JSON. Not every revision has an event; an id without data tells how far the \#
        stream is. After a restart of the daemon, go on with Last-Event-ID. A client that reads too \#
        slowly gets an event dropped with EventsDropped, and the end. Observers and the seat \#
        driver, on the control socket.",
            "parameters": [
              {
                "name": "after",
                "in": "query",
                "description": "Only what came after this revision; from now on where it is absent.",
                "schema": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
              },
              {
                "name": "Last-Event-ID",
                "in": "header",
                "description": "The same, and stronger, for a client that comes back.",
                "schema": {"type": "integer", "minimum": 0, "maximum": 9007199254740991}
              },
              {
                "name": "follow",
                "in": "query",
                "description": "Whether the stream goes on when it has reached the present.",
                "schema": {"type": "boolean", "default": true}
              },
              {
                "name": "type",
                "in": "query",
                "description": "Only these: types, or the words before their dots, with commas \#
        between.",
                "schema": {"type": "string"},
                "example": "lease,pool.draining"
              },
              {
                "name": "pool",
                "in": "query",
                "description": "Only what is about this pool.",
                "schema": {"type": "string"}
              },
              {
                "name": "group",
                "in": "query",
                "description": "Only what is about this group.",
                "schema": {"type": "string"}
              },
              {
                "name": "holder",
                "in": "query",
                "description": "Only what is about this person.",
                "schema": {"type": "string"}
              }
            ],
            "responses": {
              "200": {
                "description": "The stream.",
                "content": {
                  "text/event-stream": {
                    "schema": {
                      "type": "string",
                      "contentMediaType": "text/event-stream",
                      "contentSchema": {
                        "anyOf": [
                          {"$ref": "#/components/schemas/Event"},
                          {"$ref": "#/components/schemas/EventsDropped"}
                        ]
                      }
                    },
                    "example": "id: 88123\nevent: limit.changed\ndata: {\"revision\":88123,\"type\":\"limit.changed\",\"at\":\"2026-11-24T07:58:03.120Z\",\"actor\":{\"name\":\"brokerd\",\"role\":\"system\"},\"details\":{\"seat_limit\":1700}}\n\n"
                  }
                }
              },
              "400": {"$ref": "#/components/responses/BadRequest"},
              "403": {"$ref": "#/components/responses/Forbidden"},
              "408": {"$ref": "#/components/responses/Timeout"},
              "410": {
                "description": "events-gone: the journal does not go back so far, or the revision \#
        is not of this state; revision says where a stream can go on.",
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
        }
        """#
}
