"""The marketer API: the outermost room of the core, which nothing else in it knows.

    service         takes each request to its route, and whatever goes wrong to a problem document
    calls           what a call, a route and an answer are; a `Room` holds the routes of one resource
    routes          all of them: what is served, and what `openapi` describes at /openapi.json
    adapters        what routes reach AWS through
    roles           who is calling, and what their groups let them do
    problems, once, matching, pages, cursors        problem documents, Idempotency-Key, ETags, lists in pages
    versions        PUT and GET of definitions, whatever their kind

The others are one module for each resource. `problems` is also what the door for interactions answers with, so this
file imports nothing.
"""
