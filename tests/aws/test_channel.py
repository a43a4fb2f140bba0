"""One connection is kept, and a request is sent a second time only where that can do no harm."""

import socket
import threading
from contextlib import contextmanager

import pytest

from shopkeeper.aws.channel import Channel, ChannelError, connect

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Does with each connection what its script says: a list of answers, b"" for silence, None for hanging up."""

    def __init__(self, *scripts):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._scripts = scripts
        self.requests = []
        self.connections = 0
        self.hung_up = threading.Event()
        self.done = threading.Event()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def run(self):
        for script in self._scripts:
            connection, _ = self._listener.accept()
            self.connections += 1
            with connection:
                self._play(connection, script)
        self.done.set()

    def _play(self, connection, script):
        for answer in script:
            if answer is None:
                connection.shutdown(socket.SHUT_RDWR)
                self.hung_up.set()
                return
            self.requests.append(self._read(connection))
            if answer == b"":
                self.done.wait(2)
                return
            connection.sendall(answer)

    def _read(self, connection):
        read = b""
        while not read.endswith(b"body"):
            read += connection.recv(4096)
        return read

    def close(self):
        self.done.set()
        self._listener.close()


@contextmanager
def serving(*scripts):
    server = Server(*scripts)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.done.set()
        thread.join(3)
        server.close()


def post(channel, budget=2.0):
    return channel.post({"Host": channel.host}, b"body", budget)


def closed(channel):
    channel._connection.close()


def test_one_connection_serves_many_requests():
    with serving([ANSWER, ANSWER, ANSWER]) as server:
        channel = Channel(server.endpoint)
        assert [post(channel) for _ in range(3)] == [(200, b"ok")] * 3
        assert server.connections == 1
        closed(channel)


def test_a_connection_that_was_closed_while_idle_is_opened_anew():
    with serving([ANSWER, None], [ANSWER]) as server:
        channel = Channel(server.endpoint)
        post(channel)
        server.hung_up.wait(2)

        assert post(channel) == (200, b"ok")
        assert server.connections == 2
        assert len(server.requests) == 2
        closed(channel)


def test_a_new_connection_that_is_cut_off_is_not_tried_again():
    with serving([None]) as server:
        channel = Channel(server.endpoint)
        with pytest.raises(ChannelError):
            post(channel)
        assert server.connections == 1


def test_a_late_answer_is_given_up_within_the_budget_and_not_asked_for_again():
    with serving([ANSWER, b""]) as server:
        channel = Channel(server.endpoint)
        post(channel)
        with pytest.raises(ChannelError, match="TimeoutError"):
            post(channel, budget=0.05)
        assert len(server.requests) == 2
        assert server.connections == 1


def test_what_is_no_http_is_an_error_of_the_channel():
    with serving([b"SSH-2.0-nonsense\r\n\r\n"], [ANSWER]) as server:
        channel = Channel(server.endpoint)
        with pytest.raises(ChannelError):
            post(channel)
        assert post(channel) == (200, b"ok")
        closed(channel)


def test_nobody_there_is_an_error_of_the_channel():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(ChannelError, match="ConnectionRefusedError"):
        post(Channel(f"http://127.0.0.1:{port}"))


def test_a_budget_that_is_used_up_sends_nothing():
    opened = []

    class Connection:
        sock = None

        def connect(self):
            opened.append(1)

        def close(self):
            pass

    with pytest.raises(ChannelError, match="TimeoutError"):
        post(Channel("http://x", lambda endpoint: Connection()), budget=0)
    assert opened == []


def test_aws_is_spoken_to_with_its_certificate_checked():
    connection = connect("https://sqs.eu-west-1.amazonaws.com")

    assert connection._context.check_hostname
    assert (connection.host, connection.port) == ("sqs.eu-west-1.amazonaws.com", 443)
