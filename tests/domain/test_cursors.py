import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.api import cursors
from shopkeeper.api.problems import Problem


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_a_cursor_gives_back_what_it_was_made_for(parts):
    cursor = cursors.cursor_for(parts)

    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert cursors.parts_of(cursor, len(parts)) == tuple(parts)


def crafted(value):
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "====", crafted("abc"), crafted([1, 2, 3]), crafted(["a", "b"]), crafted(["a", "b", "c"]) + "=", " "],
)
def test_a_cursor_that_no_list_gave_out_is_refused_by_name(cursor):
    with pytest.raises(Problem) as refusal:
        cursors.parts_of(cursor, 3)

    assert refusal.value.status == 400
    assert refusal.value.errors[0][0] == "cursor"


def test_pages_are_as_long_as_asked_for_within_reason():
    assert [cursors.limit_of(text) for text in (None, "1", "500")] == [cursors.DEFAULT_LIMIT, 1, 500]


@pytest.mark.parametrize("text", ["", "0", "501", "-1", "1.5", "ten", "٣", "9" * 5000])
def test_a_limit_out_of_reach_is_refused_by_name(text):
    with pytest.raises(Problem) as refusal:
        cursors.limit_of(text)

    assert refusal.value.errors[0][0] == "limit"
