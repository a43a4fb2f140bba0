"""How many mails a customer may get in which window, and when there is room again."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shopkeeper import clock
from shopkeeper.consent import caps
from shopkeeper.consent.contact import ANY, Contact
from shopkeeper.consent.policy import Policy

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def had(*hours_ago, topic="news"):
    """A contact who got a letter so many hours ago each."""
    reservations = {f"s-{n}": clock.to_text(NOON - timedelta(hours=each)) for n, each in enumerate(hours_ago)}
    return Contact("jo", reservations=reservations, counted=dict.fromkeys(reservations, topic))


def asked(contact, *said, topic="news", priority=5, kept_for=None, apart=()):
    policy = msgspec.convert({"caps": said, "kept_for": kept_for}, Policy)
    return caps.full(contact, apart, caps.limits(policy, topic, priority), NOON)


def opens(found):
    """In how many hours there is room."""
    return (found.opens_at - NOON) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours_ago", "room_in"),
    [
        ([], None),
        ([1], None),
        ([1, 167.9], 0.1),
        ([1, 168], None),
        ([1, 169, 170], None),
        ([1, 2, 3], 166),
        ([0, 10], 158),
    ],
)
def test_a_window_rolls_along_and_what_was_exactly_so_long_ago_is_out_of_it(hours_ago, room_in):
    found = asked(had(*hours_ago), {"most": 2, "days": 7})

    assert (round(opens(found), 6) if found else None) == room_in


def test_of_several_windows_the_one_that_is_full_for_longest_decides():
    day, fortnight = {"most": 1, "hours": 24}, {"most": 3, "days": 14}

    assert asked(had(25, 26), day, fortnight) is None
    assert opens(asked(had(20, 26), day, fortnight)) == 4
    assert opens(asked(had(20, 26, 27), day, fortnight)) == 14 * 24 - 27
    assert asked(had(20, 26, 27), day, fortnight).evidence == {
        "cap": "3 in 14 days",
        "had": "3",
        "opens_at": clock.to_text(NOON + timedelta(hours=14 * 24 - 27)),
    }


def test_a_cap_on_topics_counts_and_stops_letters_of_these_alone():
    cap = {"most": 1, "days": 7, "topics": ("news", "offers")}

    assert asked(had(1, topic="offers"), cap)
    assert asked(had(1, topic=ANY), cap)
    assert not asked(had(1, topic="events"), cap)
    assert not asked(had(1), cap, topic="events")
    assert asked(had(1, topic="events"), {"most": 1, "days": 7}, topic="news")


def test_places_that_are_kept_are_there_for_what_has_the_priority_alone():
    def room(priority, *hours_ago, most=3, places=2):
        kept_for = {"priority": 8, "places": places}
        return asked(had(*hours_ago), {"most": most, "days": 7}, priority=priority, kept_for=kept_for)

    assert room(7) is None
    assert (opens(room(7, 1)), room(7, 1).evidence["kept"]) == (167, "2")
    assert room(8, 1, 2) is None
    assert room(9, 1, 2, 3).evidence["had"] == "3"
    assert room(7, most=2).opens_at is None


def test_a_mail_does_not_stand_in_its_own_way_and_what_no_cap_counts_in_nobodys():
    cap, held = {"most": 1, "days": 7}, had(1)

    assert asked(held, cap, apart={"s-0"}) is None
    assert asked(Contact("jo", reservations=held.reservations), cap) is None
