"""Nothing is given up because a provider is slow."""

from functions.mail_send import app
from shopkeeper.aws import ses
from shopkeeper.campaign import enqueue


def test_with_ses_at_its_slowest_every_send_has_its_turn_before_its_message_is_dead(resources):
    function = resources["MailSendFunction"]["Properties"]
    in_time = (function["Timeout"] - app.RESERVE_MS / 1000) // ses.ONCE.read_timeout
    for name, event in function["Events"].items():
        tries = resources[f"{name}Queue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
        assert in_time * (tries - 1) >= event["Properties"]["BatchSize"] * enqueue.SENDS_PER_MESSAGE


def test_a_receipt_never_waits_behind_marketing(resources):
    events = [each["Properties"] for each in resources["MailSendFunction"]["Properties"]["Events"].values()]
    lanes = {event["Queue"]["Fn::GetAtt"][0]: event["ScalingConfig"]["MaximumConcurrency"] for event in events}

    assert lanes == {
        "OutgoingTransactionalQueue": {"Ref": "MessageConcurrency"},
        "OutgoingMarketingQueue": {"Ref": "MailConcurrency"},
    }
