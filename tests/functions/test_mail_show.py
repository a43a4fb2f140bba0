"""/a/{file} shows a picture to whoever reads a letter, and is asked for it once."""

import base64
import json
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from functions.mail_show import app
from shopkeeper.aws.assets import Assets
from shopkeeper.mail import pictures
from tests.domain.test_mail_pictures import png
from tests.http_events import CONTEXT

SAMPLE = json.loads((Path(__file__).parents[2] / "events/mail_show.picture.json").read_text())
DIGEST = pictures.digest(png())


@pytest.fixture
def s3(monkeypatch):
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="files")
        assets = Assets(client, "files")
        monkeypatch.setattr(app, "assets", lambda: assets)
        assets.keep(DIGEST, png(), "image/png")
        yield client


def ask(file=f"{DIGEST}.png", method="GET", **headers):
    event = SAMPLE | {"pathParameters": {"file": file}, "headers": headers}
    event["requestContext"] = SAMPLE["requestContext"] | {"http": SAMPLE["requestContext"]["http"] | {"method": method}}
    return app.handler(event, CONTEXT)


def test_a_picture_is_shown_and_need_not_be_asked_for_again(s3):
    answer = ask()

    assert (answer["statusCode"], base64.b64decode(answer["body"])) == (200, png())
    assert answer["headers"]["content-type"] == "image/png"
    assert "immutable" in answer["headers"]["cache-control"]
    again = ask(**{"if-none-match": answer["headers"]["etag"]})
    assert (again["statusCode"], again["headers"]["etag"]) == (304, answer["headers"]["etag"])


def test_head_tells_what_get_would_without_the_picture(s3):
    head, answer = ask(method="HEAD"), ask()

    assert (head["statusCode"], head["body"], head["headers"]) == (200, "", answer["headers"])


@pytest.mark.parametrize("file", [f"{'0' * 64}.png", f"{DIGEST}.svg", DIGEST, "", "..%2Fuploads%2Fa", f"{DIGEST}.png/"])
def test_what_is_no_picture_of_ours_is_not_there_and_nobody_keeps_that(s3, file):
    answer = ask(file)

    assert answer["statusCode"] == 404
    assert "no-store" in answer["headers"]["Cache-Control"]


@pytest.mark.parametrize(("code", "status", "answered"), [("AccessDenied", 403, 404), ("SlowDown", 503, 503)])
def test_s3_says_why_it_has_none(s3, code, status, answered):
    with Stubber(s3) as stub:
        stub.add_client_error("get_object", code, http_status_code=status)
        answer = ask()

    assert answer["statusCode"] == answered
    assert "no-store" in answer["headers"]["Cache-Control"]
