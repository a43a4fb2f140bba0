"""Nothing is given up because a provider is slow."""

from functions.mail_send import app
from shopkeeper.aws import ses
from shopkeeper.campaign import enqueue


def test_with_ses_at_its_slowest_every_send_has_its_turn_before_its_message_is_dead(resources):
    function = resources["MailSendFunction"]["Properties"]
    tries = resources["OutgoingMarketingQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
    (event,) = [each["Properties"] for each in function["Events"].values()]
    in_time = (function["Timeout"] - app.RESERVE_MS / 1000) // ses.ONCE.read_timeout

    assert in_time * (tries - 1) >= event["BatchSize"] * enqueue.SENDS_PER_MESSAGE
