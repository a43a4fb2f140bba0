import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from local.evaluate import TemplateError
from local.kinds import KINDS
from local.stack import PARAMETERS, TEMPLATE, Stack
from local.template import translate

ROOT = TEMPLATE.parent
BUNDLE = Path(__file__).parent / "bundle" / "template.yaml"


def changed(tmp_path, old, new):
    text = BUNDLE.read_text()
    assert old in text
    (tmp_path / "functions").symlink_to(BUNDLE.parent / "functions")
    path = tmp_path / "template.yaml"
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("AWS::SQS::Queue", "AWS::Kinesis::Stream", "AWS::Kinesis::Stream"),
        ("VisibilityTimeout: 60", "DelaySeconds: 5", "DelaySeconds"),
        ("BatchSize: 10, ", "BatchSize: 10, FilterCriteria: {Filters: [{Pattern: '{}'}]}, ", "FilterCriteria"),
        ("StartingPosition: TRIM_HORIZON", "StartingPosition: LATEST", "TRIM_HORIZON"),
        ("Arn: !GetAtt UploadsQueue.Arn}", "Arn: !GetAtt FilesBucket.Arn}", "s3"),
        ("{StepsFunctionArn:", "{Other:", "StepsFunctionArn"),
        ("MatchingEventTypes: [SEND,", "MatchingEventTypes: [OPEN,", "rewrite"),
        ("MatchingEventTypes: [SEND,", "MatchingEventTypes: [LOST,", "LOST"),
        ("SnsDestination:", "EventBridgeDestination:", "EventBridgeDestination"),
        ("Protocol: sqs", "Protocol: lambda", "lambda"),
        ("RawMessageDelivery: true", "FilterPolicy: {}", "FilterPolicy"),
        ("rate(1 minute)", "rate(1 fortnight)", "fortnight"),
        ("{Id: Uploads,", "{InputPath: $.detail, Id: Uploads,", "InputPath"),
        ("MaxAge: 60", "AllowCredentials: true", "allowCredentials"),
        ("QUEUE: !Ref WorkQueue", "QUEUE: !GetAtt WorkQueue.Colour", "Colour"),
    ],
)
def test_what_the_local_stack_does_not_know_stops_it_with_the_name(tmp_path, old, new, word):
    with pytest.raises(TemplateError, match=word):
        Stack.start(template=changed(tmp_path, old, new))


def test_every_type_of_the_real_template_is_known():
    resources = translate(TEMPLATE, PARAMETERS)["Resources"].values()
    assert {entry["Type"] for entry in resources if "Condition" not in entry} <= KINDS.keys()


def test_the_real_template_starts():
    with Stack.start() as stack:
        assert set(stack.routes) == {"PublicApi", "MarketerApi"}
        assert stack.outputs["PublicAddress"] == stack.base_url


def test_closing_leaves_nothing_behind():
    before = (set(threading.enumerate()), dict(os.environ), list(sys.path), {*sys.modules})
    with Stack.start(template=BUNDLE, background=True) as stack:
        port = int(stack.base_url.rpartition(":")[2])
        assert stack.request("GET", "/echo/1").status == 200
    assert (set(threading.enumerate()), dict(os.environ), list(sys.path)) == before[:3]
    assert not [name for name in {*sys.modules} - before[3] if name.startswith("sandbox")]
    with socket.socket() as again:
        again.bind(("127.0.0.1", port))


def test_in_the_background_everything_goes_on_by_itself():
    with Stack.start(template=BUNDLE, background=True) as stack:
        assert stack.request("POST", "/calls", json={"name": "a"}).status == 200
        deadline = time.monotonic() + 10
        while not stack.logbook.lines("NewsFunction") or not stack.logbook.lines("WorkFunction"):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_in_the_background_a_moved_clock_is_noticed(capfd):
    with Stack.start(template=BUNDLE, background=True) as stack:
        stack.client("sqs").send_message(QueueUrl=stack.queue_url("WorkQueue"), MessageBody="fail")
        deadline = time.monotonic() + 20
        while stack.state()["queues"]["Work"]["dead"] < 1:
            stack.request("POST", "/_local/clock", json={"advance": "next"})
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert stack.logbook.lines("WorkFunction") == ["fail"] * 3


def test_what_can_go_on_already_moves_no_clock(monkeypatch):
    with Stack.start(template=BUNDLE) as stack:
        past = stack.clock.now()
        monkeypatch.setattr(type(stack._world), "next_due", lambda _: past)

        assert stack.advance_to_next() == past
        assert stack.clock.now() > past


def test_what_others_print_while_a_handler_runs_is_not_taken_for_its_log(capsys):
    with Stack.start(template=BUNDLE) as stack:
        stream = stack.logbook.stream("EchoFunction")
        stream.write("mine\n")
        other = threading.Thread(target=stream.write, args=("yours",))
        other.start()
        other.join()
    assert stack.logbook.lines() == ["mine"]
    assert capsys.readouterr().out == "yours"


def test_a_port_that_is_taken_is_said_in_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = _serve(port)
        out, err = done.communicate(timeout=60)
    assert (done.returncode, out, err.count("\n")) == (2, "", 1)
    assert f"Port {port} is taken" in err


def test_ctrl_c_closes_the_served_stack():
    done = _serve("0")
    assert "Shopkeeper is open at http://127.0.0.1:" in done.stdout.readline()
    done.send_signal(2)
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out.splitlines()[-1], err) == (0, "Closed. Nothing is left behind.", "")


def _serve(port):
    command = [sys.executable, "-m", "local", "serve", "--port", port]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
