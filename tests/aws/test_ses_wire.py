"""The SDK itself and answers as they come over a wire that breaks, or from somebody who is not SES."""

import socket
import threading
from contextlib import contextmanager

import boto3
import pytest

from shopkeeper.aws.ses import ONCE, Ses
from shopkeeper.mail.answers import meaning
from shopkeeper.mail.ports import Mail

MAIL = Mail("b3241eed-65dc-5fa7-946c-1ae390d185e5", "news@shop.example", "jo@example.com", b"raw")
BODY_ENDS = b"}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def http(status, body, header=b"", promised=None):
    length = len(body) if promised is None else promised
    return b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s" % (status, header, length, body)


@contextmanager
def answering(answer):
    """SES behind a socket that reads a request, says this, and hangs up; gives the client, and a list that grows by
    each request."""
    asked = []

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                read = b""
                while not read.rstrip().endswith(BODY_ENDS) and (more := connection.recv(65536)):
                    read += more
                asked.append(read)
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        client = boto3.client(
            "sesv2",
            region_name="us-east-1",
            endpoint_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            config=ONCE,
        )
        yield client, asked
        client.close()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (http(b"200 OK", b'{"MessageId":"m-1"}'), "accepted"),
        (http(b"200 OK", b'{"MessageId":"m-1', promised=30), "unknown"),
        (http(b"200 OK", b"", promised=30), "unknown"),
        (http(b"200 OK", b""), "unknown"),
        (http(b"200 OK", b"{}"), "unknown"),
        (http(b"200 OK", b'{"MessageId":""}'), "unknown"),
        (http(b"200 OK", b'{"MessageId":{}}'), "unknown"),
        (http(b"200 OK", b'{"MessageId":7}'), "unknown"),
        (http(b"200 OK", b"<html>welcome</html>"), "unknown"),
        (http(b"200 OK", b"[1]"), "unknown"),
        (http(b"200 OK", b"null"), "unknown"),
        (http(b"200 OK", b'"m-1"'), "unknown"),
        (http(b"200 OK", b'\xff\xfe{"'), "unknown"),
        (CHUNKED + b'20\r\n{"MessageId"', "unknown"),
        (CHUNKED + b"what?\r\n", "unknown"),
        (http(b"302 Found", b"", b"Location: http://elsewhere.example/\r\n"), "unknown"),
        (http(b"502 Bad Gateway", b"<html>no</html>"), "unknown"),
        (http(b"400 Bad Request", b"[]"), "unknown"),
        (http(b"403 Forbidden", b"<html>no</html>"), "again"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "unknown"),
        (b"HTTP/1.1 2", "unknown"),
        (b"220 mail.example\r\n", "unknown"),
        (b"", "unknown"),
    ],
)
def test_only_a_whole_answer_is_taken_for_one_and_nothing_is_asked_twice(answer, expected):
    with answering(answer) as (client, asked):
        assert meaning(Ses(client, "mail").send(MAIL)).sense == expected

    assert len(asked) == 1


def test_where_nobody_listens_nothing_was_asked():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    url = f"http://127.0.0.1:{port}"
    client = boto3.client("sesv2", region_name="us-east-1", endpoint_url=url, config=ONCE, **keys)

    assert meaning(Ses(client, "mail").send(MAIL)).sense == "again"
