"""The two HTTP APIs, as API Gateway serves them: routes, CORS, who may call, and events of payload format 2.0."""
