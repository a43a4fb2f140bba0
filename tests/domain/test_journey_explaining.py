"""Why customers of the two journeys of docs/journeys are in them or are not, and do not move there: as a marketer would
ask while it happens."""

from dataclasses import replace

import pytest
from msgspec import structs

from shopkeeper.customer.instants import from_ms
from shopkeeper.journey.breaking import Broken, Tried
from shopkeeper.journey.run import Opened
from shopkeeper.journey.state import State
from tests.explained_journeys import DAY, HOUR, MINUTE, START, World, of_docs

CART, SPECIALS = of_docs("cart"), of_docs("holiday-specials")


def cart():
    return World(CART, traits={"cart": {"items": 2}})


def left_a_cart():
    return cart().does("Segment Entered", segment="cart-abandoner", source="segment").at(MINUTE)


def subscribed():
    return World(SPECIALS).does("Specials Subscribed", topic="holiday").at(MINUTE)


def against(found):
    return [each["says"] for one in found["happened"] for each in one["against"]]


def test_who_never_asked_for_the_specials_has_not_done_what_brings_in():
    found = World(SPECIALS).why()
    assert (found["is_inside"], found["runs"]) == (False, [])
    assert found["why"] == [
        "They are not inside.",
        '“Specials Subscribed” where topic is "holiday": “Specials Subscribed” has never happened to them.',
    ]


def test_who_asked_for_something_else_learns_what_was_said_instead():
    (source,) = World(SPECIALS).does("Specials Subscribed", topic="garden").why()["entries"]
    (one,) = source["happened"]
    assert against(source) == ['topic is "garden", and it is asked that topic is "holiday"']
    assert one["against"][0]["evidence"] == {"property": "topic", "cmp": "eq", "asked": "holiday", "seen": "garden"}
    assert not one["counts"]


def test_what_is_old_or_from_a_file_brings_nobody_in_and_says_so():
    world = World(SPECIALS).does("Specials Subscribed", topic="holiday", ago=80 * HOUR)
    world.does("Specials Subscribed", topic="holiday", source="import")
    assert against(world.why()["entries"][0]) == [
        "it came from a file: history brings nobody in",
        "it was told 3 days 8 hours after it happened, and what is older than 72 hours brings nobody in",
    ]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (None, "The journey is a draft: it was never published, and lets nobody in."),
        (
            State(journey="x", live=1, going="paused", paused_at=from_ms(START)),
            "The journey is paused since 23 November 2026, 10:00, and lets nobody in meanwhile.",
        ),
        (
            State(journey="x", live=1, going="stopped", changed_at=from_ms(START)),
            "The journey was stopped on 23 November 2026, 10:00, and lets nobody in.",
        ),
    ],
)
def test_a_journey_that_lets_nobody_in_says_so_first(state, says):
    found = World(SPECIALS).why(state=state)
    assert (found["going"], found["why"][1]) == (state.going if state else "draft", says)


def test_who_is_inside_waits_for_the_season_and_what_else_would_end_it_is_said():
    found = subscribed().why()
    (run,) = found["runs"]
    assert found["is_inside"]
    assert found["why"] == [
        "They have been inside since 23 November 2026, 10:00, and on until_season since 23 November 2026, 10:00.",
        "It waits for published until 24 November 2026, 09:00, and then goes on to email_1.",
        "“Specials Published” has not happened.",
    ]
    assert [(each["name"], each["to"]) for each in run["exits"]] == [("converted", "exit"), ("opted_out", "exit")]
    assert run["exits"][1]["rule"]["holds"] is False
    assert run["goal"]["says"].startswith("The goal counts if it is reached before 23 December 2026, 10:00.")


def test_an_answer_that_came_before_the_mail_one_by_a_machine_and_one_that_has_still_to_be_looked_at():
    world = subscribed().at(30 * HOUR).does("Page Viewed", ago=20 * HOUR)
    world.does("Email Link Clicked", of="email_1", machine=True).at(31 * HOUR).does("Page Viewed")
    (listening,) = world.why()["runs"][0]["waits_for"]
    assert [(each["name"], each["counts"]) for each in listening["happened"]] == [
        ("Page Viewed", True),
        ("Email Link Clicked", False),
        ("Page Viewed", False),
    ]
    assert against(listening) == [
        "a machine did it, and no person",
        "answers count from 24 November 2026, 09:00 on, as the last mail was planned then",
    ]
    assert listening["happened"][0]["says"].endswith("counts, and will be looked at within a minute.")


def test_a_click_in_another_letter_is_about_none_of_this_run():
    world = subscribed().at(30 * HOUR).does("Email Link Clicked", source="tracking", **{"class": "human"})
    (listening,) = world.why()["runs"][0]["waits_for"]
    assert against(listening) == ["it is not about the mail of email_1"]


def test_a_task_that_nobody_answers_says_what_it_waits_for():
    found = subscribed().at(5 * DAY).why()
    assert found["why"][1] == (
        "The task in sales is open. It waits for interested, declined or responded until 4 December 2026,"
        " 09:00, and then goes on to better_offer."
    )


def test_who_was_in_comes_again_when_the_journey_says_so():
    found = subscribed().at(2 * HOUR).does("Order Completed", order_id="A", total=9).at(3 * HOUR)
    found.does("Specials Subscribed", topic="holiday")
    said = found.why()
    may = "They were in before, on 23 November 2026, 10:00, and may come again from 19 September 2027, 10:00 on"
    assert said["again"] == [{"key": "", "says": f"{may}.", "may": False, "at": "2027-09-19T10:00:00.000Z"}]
    assert may[0].lower() + may[1:] in against(said["entries"][0])
    assert [each["counts"] for each in said["entries"][0]["happened"]] == [False, True]
    assert "“Order Completed” on 23 November 2026, 12:00 ended it." in said["why"]
    assert said["runs"][0]["goal"]["says"] == "The goal was reached on 23 November 2026, 12:00."


def test_who_left_a_cart_is_written_to_at_once_and_at_night_not():
    world = left_a_cart().at(13 * HOUR)
    found = world.why()
    (run,) = found["runs"]
    assert run["put_off"] == {
        "until": "2026-11-24T08:00:00.000Z",
        "says": "The mail of email_2 is put off until 24 November 2026, 08:00:"
        " the journey keeps quiet at that hour, on a clock in UTC."
        " It is given up if it could not go by 24 November 2026, 12:00.",
        "reason": "other:quiet",
        "evidence": {"zone": "UTC", "zone_of": "workspace"},
    }
    assert [(each["node"], each["state"]) for each in run["letters"]] == [("email_1", "accepted")]


def test_whoever_said_no_is_not_written_to_and_learns_by_which_word():
    world = cart()
    world.refuses("offers")
    world.does("Segment Entered", segment="cart-abandoner", source="segment").at(HOUR)
    found = world.why()
    (letter,) = found["runs"][0]["letters"]
    assert (letter["state"], letter["reason"]) == ("skipped", "do_not_contact:opted_out")
    assert letter["says"] == (
        "The mail of email_1 was not written: they want nothing about the topic offers, as they said on 23"
        " November 2026, 10:00."
    )
    assert letter["evidence"]["source"] == "form"


def test_a_mail_that_was_given_up_behind_the_door_says_why_too():
    world = left_a_cart()
    world.shop.ledger.rows = {
        name: replace(send, state="not_sent", reason="other:capped", evidence='{"cap": "2 in 7 days"}')
        for name, send in world.shop.ledger.rows.items()
    }
    (letter,) = world.why()["runs"][0]["letters"]
    assert letter["says"] == (
        "The mail of email_1 was not sent: they get as many mails as a cap of the business allows: 2 in 7 days."
    )


def test_who_is_no_member_of_the_segment_that_brings_in_learns_why():
    world = cart()
    world.segments["cart-abandoner"] = {"holds": False, "summary": "Not in Carts: has no cart. By itself no change."}
    (source,) = world.why()["entries"]
    assert source["says"].endswith("as far as is remembered. Not in Carts: has no cart. By itself no change.")
    world.segments["cart-abandoner"] = {"holds": True, "summary": ""}
    assert "they are in it, but only who comes into it from the publishing on is let in" in world.why()["why"][1]


def test_whoever_waits_at_a_step_that_is_kept_learns_by_what():
    world = left_a_cart().at(13 * HOUR)
    paused = State(journey="cart", live=1, versions=(1,), going="paused", paused_at=from_ms(START + HOUR))
    broken = Broken(journey="cart", node="email_2", since=from_ms(START), why="failures", tried=Tried(52, 7))
    (run,) = world.why(state=paused, broken={"email_2": broken, "other": broken})["runs"]
    assert [each["says"] for each in run["kept"]] == [
        "the journey is paused since 23 November 2026, 11:00: nobody is contacted meanwhile, waits and exits go on",
        "nobody goes through email_2 since 23 November 2026, 10:00, as too much of what it does fails for good:"
        " it waits until somebody mends the node",
    ]
    assert (run["kept"][1]["evidence"]["attempted"], run["kept"][1]["evidence"]["failed"]) == (52, 7)
    (stuck,) = world.why(rows=[replace(each, failures=5) for each in world.shop.rows])["runs"]
    assert (stuck["status"], "as 5 legs of it failed" in stuck["kept"][0]["says"]) == ("stuck", True)


def test_whom_a_pause_that_is_over_has_put_off_learns_until_when_and_waits_for_no_task_that_is_not_open():
    world = subscribed()
    (row,) = world.shop.rows
    kept = structs.replace(row.run, node="call", visit=3, paused_at=START, put_off=START + 2 * HOUR)
    says = "a pause kept it from call, and all is done as much later as that lasted: this not before 23 November 2026,"
    (run,) = world.why(rows=[replace(row, run=kept)])["runs"]
    assert [each["says"] for each in run["kept"]] == [f"{says} 12:00"]
    assert not any("It waits" in each for each in run["why"])
    opened = structs.replace(kept, tasks=(Opened("call", 3),))
    (run,) = world.why(rows=[replace(row, run=opened)])["runs"]
    assert run["kept"] == []
    assert any("The task in sales is open. It waits for interested" in each for each in run["why"])


def test_whom_the_lot_leaves_out_is_watched_and_never_contacted():
    world = World(SPECIALS)
    lot = SPECIALS.hold_out.__class__(salt=SPECIALS.hold_out.salt, share=10_000)
    world.graph = world.shop.graph = structs.replace(SPECIALS, hold_out=lot)
    assert world.why()["why"][-1] == (
        "Should they come in, by lot they are among the 100 % who are watched and never contacted."
    )
    world = World(world.graph).does("Specials Subscribed", topic="holiday").at(HOUR)
    found = world.why()
    assert (found["is_held_out"], found["is_inside"], found["runs"][0]["status"]) == (True, True, "held_out")
    assert "held out by lot: watched until 23 December 2026, 10:00, and never contacted." in found["why"][0]
