"""One request, against a real server on loopback; and where nobody is called."""

import base64
import socket
import time

import pytest

from shopkeeper.connect import addresses, signing
from shopkeeper.connect.calling import MOST_READ, Caller, Reply, Unreachable
from tests.connect_fakes import NOW, listening


def answering(status, body=b"", **headers):
    def respond(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def calling(port, patience_s=5.0):
    """Names lead to loopback, and that is allowed."""
    return Caller(f"http://127.0.0.1:{port}/out", is_allowed=lambda _: True, patience_s=patience_s)


def straight(port):
    """As it goes to the open internet, but for the address."""
    return Caller(look_up=lambda *_: ["127.0.0.1"], is_allowed=lambda _: True), f"http://crm.example:{port}"


def test_a_call_is_one_post_to_the_address_that_was_looked_at_under_the_name_that_was_meant():
    with listening(answering(201, b"thanks")) as server:
        caller, url = straight(server.port)
        assert caller.post(f"{url}/in?a=b%20c", {"webhook-id": "k"}, b'{"a":1}') == Reply(201, 0, "thanks")

    (asked,) = server.asked
    assert (asked.path, asked.body) == ("/in?a=b%20c", b'{"a":1}')
    assert asked.headers["host"] == f"crm.example:{server.port}"
    assert asked.headers["webhook-id"] == "k"


def test_a_counterpart_hears_who_is_meant():
    with listening(answering(204)) as server:
        assert calling(server.port).post("https://crm.example/in", {}, b"{}") == Reply(204)

    assert server.asked[0].path == "/out/https://crm.example/in"
    assert server.asked[0].headers["host"] == "crm.example"


def test_a_redirect_is_an_answer_and_is_not_followed():
    with listening(answering(302, location="http://169.254.169.254/")) as server:
        caller, url = straight(server.port)
        assert caller.post(url, {}, b"{}").status == 302

    assert len(server.asked) == 1


@pytest.mark.parametrize(("said", "seconds"), [("120", 120), ("soon", 0), ("-5", 0), ("9" * 20, 0)])
def test_the_other_side_says_when_to_come_again(said, seconds):
    with listening(answering(429, retry_after=said)) as server:
        assert calling(server.port).post("https://crm.example/in", {}, b"{}") == Reply(429, seconds)


def test_of_an_answer_only_its_beginning_is_read():
    with listening(answering(500, b"x" * 300_000)) as server:
        assert len(calling(server.port).post("https://crm.example/in", {}, b"{}").said) == MOST_READ


def test_an_answer_that_trickles_is_cut_off():
    def respond(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(50):
            handler.wfile.write(b"x-more: 1\r\n")
            time.sleep(0.02)

    with listening(respond) as server:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            calling(server.port, 0.2).post("https://crm.example/in", {}, b"{}")
        assert time.monotonic() - began < 0.8


def test_silence_and_a_closed_door_are_no_answer():
    with listening(lambda handler: time.sleep(0.3)) as server, pytest.raises(Unreachable):
        calling(server.port, 0.1).post("https://crm.example/in", {}, b"{}")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            calling(taken.getsockname()[1]).post("https://crm.example/in", {}, b"{}")


def test_a_server_without_a_certificate_for_the_name_is_not_talked_to():
    with listening(answering(204)) as server:
        caller, url = straight(server.port)
        with pytest.raises(Unreachable):
            caller.post(url.replace("http://", "https://"), {}, b"{}")

    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    """not.an.address
    127.0.0.1 127.9.9.9 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 169.254.170.2 100.64.0.1 100.127.255.254
    192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
    255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:a9fe:a9fe ::127.0.0.1 64:ff9b::a9fe:a9fe
    64:ff9b:1::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 2606:4700::1%eth0 fec0::1 ff02::1 2001:db8::1 2002:7f00:1::
    2001:0:7f00:1:: 100::1 localhost 0x7f000001 2130706433 0177.0.0.1
    """.split(),
)
def test_nobody_is_called_who_is_not_on_the_open_internet(address):
    assert not addresses.is_public(address)
    with pytest.raises(Unreachable, match="not public"):
        Caller(look_up=lambda *_: ["8.8.8.8", address]).post("https://crm.example/in", {}, b"{}")


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450::1"])
def test_everybody_else_may_be(address):
    assert addresses.is_public(address)


def test_a_name_that_leads_nowhere_is_no_answer():
    def nowhere(*_):
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(Unreachable):
        Caller(look_up=nowhere).post("https://crm.example/in", {}, b"{}")
    with pytest.raises(Unreachable):
        Caller(look_up=lambda *_: []).post("https://crm.example/in", {}, b"{}")


def test_a_signature_is_that_of_the_reference():
    """The example of the specification's own libraries."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = NOW.fromtimestamp(1614265330, NOW.tzinfo)
    said = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [secret])

    assert said["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert said["webhook-timestamp"] == "1614265330"
    assert signing.written(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_each_secret_signs():
    said = signing.headers("k", NOW, b"{}", [b"a" * 32, b"b" * 32])

    assert [each.partition(",")[0] for each in said["webhook-signature"].split(" ")] == ["v1", "v1"]
