"""/shopkeeper.js is served as it stands in its folder: small, kept by browsers, asked for again when it has changed."""

import base64
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
import quickjs

from functions.ingest_snippet import app

ROOT = Path(__file__).parents[2]
SAMPLE = json.loads((ROOT / "events/ingest_snippet.first.json").read_text())
SOURCE = app.SOURCE.read_bytes()


def ask(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.handler(SAMPLE | {"headers": named}, None)


def test_it_is_the_file_of_that_name_packed_for_who_can_unpack():
    plain, packed = ask(), ask(Accept_Encoding="gzip, deflate, br")

    assert plain["statusCode"] == packed["statusCode"] == 200
    assert plain["body"].encode() == SOURCE
    assert "content-encoding" not in plain["headers"]
    assert packed["headers"]["content-encoding"] == "gzip"
    assert gzip.decompress(base64.b64decode(packed["body"])) == SOURCE
    assert plain["headers"]["content-type"] == "text/javascript; charset=utf-8"
    assert plain["headers"]["vary"] == "accept-encoding"


def test_it_is_under_four_kilobytes_on_the_way():
    assert len(base64.b64decode(ask(Accept_Encoding="gzip")["body"])) < 4096


def test_a_browser_keeps_it_and_asks_whether_it_has_changed():
    first = ask()
    assert "max-age=" in first["headers"]["cache-control"]
    for tag in (
        first["headers"]["etag"],
        first["headers"]["etag"].removeprefix("W/"),
        f'"x", {first["headers"]["etag"]}',
        "*",
    ):
        again = ask(If_None_Match=tag)
        assert (again["statusCode"], again.get("body")) == (304, None)
        assert again["headers"]["etag"] == first["headers"]["etag"]
    for tag in ('W/"0000000000000000"', "", "x"):
        assert ask(If_None_Match=tag)["statusCode"] == 200


def test_the_tag_is_new_when_the_file_is(tmp_path, monkeypatch):
    before = ask()["headers"]["etag"]
    (tmp_path / "shopkeeper.js").write_bytes(SOURCE + b"\n")
    monkeypatch.setattr(app, "SOURCE", tmp_path / "shopkeeper.js")
    app.script.cache_clear()
    after = ask()["headers"]["etag"]
    app.script.cache_clear()
    assert before != after


def test_it_is_plain_ascii_and_an_engine_can_read_it():
    assert SOURCE.isascii()
    quickjs.Context().eval(f"(function () {{ {SOURCE.decode()} }})")
    with pytest.raises(quickjs.JSException):
        quickjs.Context().eval(f"(function () {{ {SOURCE.decode().removesuffix(';')} (}})")


def test_it_is_served_with_nothing_installed():
    program = (
        "import sys; from functions.ingest_snippet import app; sys.exit(app.handler({}, None)['statusCode'] != 200)"
    )
    subprocess.run([sys.executable, "-S", "-c", program], check=True, cwd=ROOT)
