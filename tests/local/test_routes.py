import pytest

from local.gateway.routes import ANY, Api, Route, plain

API = Api(
    "Api",
    (
        Route(ANY, "/{proxy+}", "everything"),
        Route(ANY, "/pets/{id}", "any pet"),
        Route("GET", "/pets/{id}", "one pet"),
        Route("GET", "/pets/dog", "the dog"),
        Route("POST", "/pets/{id}/{proxy+}", "below a pet"),
        Route("GET", "/pets/{id}/toys", "its toys"),
    ),
    cors=None,
)


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/pets/dog", "the dog", {}),
        ("POST", "/pets/dog", "any pet", {"id": "dog"}),
        ("GET", "/pets/cat", "one pet", {"id": "cat"}),
        ("HEAD", "/pets/cat", "any pet", {"id": "cat"}),
        ("GET", "/pets/cat/toys", "its toys", {"id": "cat"}),
        ("POST", "/pets/cat/toys/1", "below a pet", {"id": "cat", "proxy": "toys/1"}),
        ("GET", "/pets/cat/toys/1", "everything", {"proxy": "pets/cat/toys/1"}),
        ("GET", "/pets/", "everything", {"proxy": "pets/"}),
        ("GET", "/pets", "everything", {"proxy": "pets"}),
    ],
)
def test_the_most_exact_route_wins(method, path, function, parameters):
    route, found = API.find(method, path)
    assert (route.function, found) == (function, parameters)


def test_a_greedy_parameter_needs_something_to_take():
    assert API.find("GET", "/") is None


def test_a_path_is_matched_without_its_escapes():
    assert plain("/echo/a%20b%C3%A9") == "/echo/a bé"


def test_an_escaped_question_mark_cuts_the_path_as_at_api_gateway():
    assert plain("/echo/a%3Fb") == "/echo/a"
