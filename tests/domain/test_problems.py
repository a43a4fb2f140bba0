"""A problem says what went wrong and names the fields to blame."""

from shopkeeper.api.problems import Problem


def test_a_problem_names_its_fields():
    problem = Problem(400, "Two fields need another look.", [("file.zone", "is no zone"), ("name", "is missing")])

    assert problem.document() == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Two fields need another look.",
        "errors": [{"field": "file.zone", "reason": "is no zone"}, {"field": "name", "reason": "is missing"}],
    }


def test_a_problem_without_fields_has_no_list_of_them():
    assert "errors" not in Problem(404, "There is no such import.").document()
