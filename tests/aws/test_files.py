"""Uploads are read block by block, from one upload alone; error files come back whole."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from shopkeeper.aws import files as module
from shopkeeper.aws.files import Files
from shopkeeper.customer.importing.file import UnreadableFile

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def s3():
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="files")
        yield client


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 10)


@pytest.fixture
def files(s3):
    return Files(s3, "files")


def upload(s3, body, key="uploads/a"):
    s3.put_object(Bucket="files", Key=key, Body=body)


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 20, 57])
@pytest.mark.parametrize("step", [1, 7, 100])
def test_an_upload_is_read_as_it_was_put_there(s3, files, size, step):
    body = bytes(range(size))
    upload(s3, body)
    with files.open("a", files.etag("a"), 0) as stream:
        assert b"".join(iter(lambda: stream.read(step), b"")) == body


@given(blocks=st.lists(st.binary(max_size=5)), steps=st.integers(1, 12))
def test_blocks_of_any_size_are_one_stream(blocks, steps):
    stream = module._Blocks(iter(blocks))

    assert b"".join(iter(lambda: stream.read(steps), b"")) == b"".join(blocks)


def test_another_upload_under_the_same_address_is_another_file(s3, files):
    upload(s3, b"x" * 30)
    etag = files.etag("a")
    stream = files.open("a", etag, 0)
    stream.read(1)
    upload(s3, b"y" * 30)

    with pytest.raises(UnreadableFile, match="another file was uploaded"):
        stream.read(29)
    with pytest.raises(UnreadableFile, match="another file was uploaded"):
        files.open("a", etag, 0)


def test_an_upload_that_is_gone_is_said_to_be_gone(files):
    with pytest.raises(UnreadableFile, match="no longer there"):
        files.etag("gone")


@pytest.mark.parametrize("start", [0, 1, 9, 10, 25, 57])
def test_an_upload_is_read_from_any_byte_on(s3, files, start):
    body = bytes(range(57))
    upload(s3, body)

    assert files.open("a", files.etag("a"), start).read() == body[start:]


def test_a_look_takes_the_beginning_and_of_a_long_file_something_of_its_middle_and_its_end(s3, files, monkeypatch):
    monkeypatch.setattr(module, "HEAD", 20)
    monkeypatch.setattr(module, "STRETCH", 5)
    for size, further in ((20, []), (22, [(20, 22)]), (30, [(20, 25), (25, 30)]), (100, [(50, 55), (95, 100)])):
        body = bytes(range(size))
        upload(s3, body)

        seen = files.sample("a", files.etag("a"))

        assert seen.head == body[:20]
        assert seen.further == tuple(body[start:end] for start, end in further)
        assert seen.whole == (size == 20)


def test_an_address_is_signed_for_one_file_and_one_use_until_it_ends(monkeypatch):
    monkeypatch.setenv("FILES_BUCKET", "files")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    address = Files.from_env().upload_address("spring", NOW)

    parts = urlsplit(address.url)
    signed = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc) == ("https", "files.s3.eu-central-1.amazonaws.com")
    assert parts.path == "/uploads/spring"
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert signed["X-Amz-Expires"] == ["900"]
    assert (address.expires_at - NOW).total_seconds() == 900
