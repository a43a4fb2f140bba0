"""`make simulate`: a journey and a script that stand in files."""

from pathlib import Path

import pytest

from local import simulate

DOCS = Path(__file__).parents[2] / "docs/journeys"
CART, SCRIPT = str(DOCS / "cart.yaml"), str(DOCS / "cart.script.yaml")


def test_the_script_of_the_guide_comes_to_what_it_expects(capsys):
    assert simulate.main(CART, SCRIPT) == 0
    told = capsys.readouterr().out
    assert "2026-11-23T13:00:00.000Z  Order Completed" in told
    assert told.endswith("over, converted\nAs expected.\n")
    assert "      - mail email_1\n          Your cart\n\n          Hello Jo,\n" in told


def test_who_may_not_be_written_to_and_what_cannot_be_made_is_shown_with_the_reason(tmp_path, capsys):
    said = Path(CART).read_text()
    (tmp_path / "cart.yaml").write_text(said)
    (tmp_path / "templates").mkdir()
    letter = "subject: Hello {{ traits.city }}\nhtml: <p>{{ brand.name }} <a href='{{ unsubscribe_url }}'>no</a></p>\n"
    (tmp_path / "templates/cart-contents.yaml").write_text(letter)
    script = tmp_path / "script.yaml"
    script.write_text("starts_at: 2026-11-23T22:00Z\ntraits: {cart: {items: 2}}\n")

    assert simulate.main(str(tmp_path / "cart.yaml"), str(script)) == 0
    told = capsys.readouterr().out
    assert (
        "      ! no mail email_1: other:quiet, not before 2026-11-24T08:00:00.000Z (zone UTC, zone_of workspace)\n"
        in told
    )
    assert "      - mail email_1\n          other:render: traits.city\n" in told


def test_a_template_that_could_not_be_put_is_named(tmp_path, capsys):
    (tmp_path / "cart.yaml").write_text(Path(CART).read_text())
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/cart-contents.json").write_text('{"subject": "x", "html": "<p>hello</p>"}')
    assert simulate.main(str(tmp_path / "cart.yaml"), SCRIPT) == 2
    assert "templates/cart-contents.html: line 1: " in capsys.readouterr().err


def test_what_was_expected_otherwise_ends_with_1(tmp_path, capsys):
    script = tmp_path / "script.json"
    script.write_text('{"starts_at": "2026-11-23T10:00Z", "expect": {"reason": "converted"}}')
    assert simulate.main(CART, str(script)) == 1
    assert "expect.reason: is end, and not converted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: *b", "is no YAML that can be read here: line 1, column 4"),
        ("starts_at: tomorrow", "starts_at: "),
        ("{starts_at: 2026-11-23T10:00Z, customer: 'user:1'}", "customer: "),
        ("{starts_at: 2026-11-23T10:00Z, script: [{of: email_1}]}", "script.0: "),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_says_where(tmp_path, capsys, text, why):
    script = tmp_path / "script.yaml"
    script.write_text(text)
    assert simulate.main(CART, str(script)) == 2
    assert f"{script}: {why}" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert simulate.main(str(tmp_path / "none.yaml"), SCRIPT) == 2
    assert "none.yaml" in capsys.readouterr().err
