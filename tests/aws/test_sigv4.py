"""Our signer and botocore's agree on every byte."""

import string
from datetime import datetime

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.aws.sigv4 import Credentials, Signer

RESERVED = {"host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
NAMES = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=20).filter(
    lambda name: name.lower() not in RESERVED | set(botocore.auth.SIGNED_HEADERS_BLACKLIST)
)
VALUES = st.text(string.ascii_letters + string.digits + " \t/+=.,;:_-", max_size=60)
HEADERS = st.dictionaries(NAMES, VALUES, max_size=6).filter(lambda h: len({name.lower() for name in h}) == len(h))
WORDS = st.text(string.ascii_letters + string.digits + "-/+=", min_size=1, max_size=40)
REGIONS = st.sampled_from(["us-east-1", "eu-west-1", "ap-southeast-2", "us-gov-west-1", "local"])
SERVICES = st.sampled_from(["sqs", "dynamodb", "secretsmanager"]) | st.text(string.ascii_lowercase, min_size=1)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  Botocore's own are naive.


def by_botocore(monkeypatch, headers, body, credentials, region, service, now):
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: now)
    request = AWSRequest("POST", f"https://{headers['Host']}/", headers=headers, data=body)
    keys = botocore.credentials.Credentials(
        credentials.access_key, credentials.secret_key, credentials.session_token or None
    )
    botocore.auth.SigV4Auth(keys, service, region).add_auth(request)
    return dict(request.headers.items())


@given(HEADERS, st.binary(max_size=300), WORDS, WORDS, WORDS | st.just(""), REGIONS, SERVICES, MOMENTS)
def test_a_signed_request_is_botocores_byte_for_byte(extra, body, access, secret, session, region, service, now):
    headers = {"Host": f"{service}.{region}.amazonaws.com", **extra}
    credentials = Credentials(access, secret, session)
    timestamp = now.strftime("%Y%m%dT%H%M%SZ")

    with pytest.MonkeyPatch.context() as monkeypatch:
        theirs = by_botocore(monkeypatch, headers, body, credentials, region, service, now)

    signer = Signer(headers, credentials, region=region, service=service)
    assert signer.sign(body, timestamp) == theirs
    assert signer.sign(body, timestamp) == theirs, "a signer is used again and again"


def test_a_day_has_its_own_key():
    signer = Signer({"Host": "h"}, Credentials("a", "b"), region="r", service="s")

    signatures = {signer.sign(b"", day)["Authorization"][-64:] for day in ("20261121T000000Z", "20261122T000000Z")}
    assert len(signatures) == 2
