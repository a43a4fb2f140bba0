from datetime import UTC, datetime

from shopkeeper.mail import ledger
from tests.send_definitions import LETTERS, RING

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_mail_says_to_providers_what_it_belongs_to_and_not_who_it_is_for():
    send = ledger.planned(
        customer_id="c-jo",
        activity="campaign:spring.v2",
        step="letter",
        occurrence="o",
        planned_at=NOON,
        template="spring#1",
        content_ref="0" * 16,
        brand="the_shop.eu#12",
        topic="news",
    )
    mail = LETTERS.draft(send, {"customer": {"first_name": "Jo"}}, RING).addressed("jo@shop.example", NOON)

    assert mail.labels == ("campaign-spring-v2", "the-shop-eu")
