from pathlib import Path

import pytest

from local import control
from local.page import front

GUIDE = (Path(__file__).parents[2] / "docs/local.md").read_text()


@pytest.mark.parametrize("path", ["outbox", *control.ROUTES])
def test_each_route_of_the_local_stack_is_described_on_its_page_and_in_the_guide(stack, path):
    page = front(stack).body.decode()
    for method in control.ROUTES.get(path, {"GET": None}).keys() - {"DELETE"}:
        assert f"{method}</b> " in page
        assert f"/_local/{path}" in page
        assert f"| `{method} /_local/{path}" in GUIDE


def test_counts_are_right_aligned_and_routes_stand_in_order(stack):
    page = front(stack).body.decode()
    assert '<td>News</td><td class="n">0</td>' in page
    named = [route.path for api in stack._world.apis for route in api.routes]
    places = [page.index(f"<code>{path}</code>", page.index("What it answers")) for path in sorted(set(named))]
    assert len(stack._world.apis) > 1 or places == sorted(places)


def test_roles_are_named_once(stack):
    page = front(stack).body.decode()
    assert page.count("There is also") == 1
    assert "There is also marketer" not in page
