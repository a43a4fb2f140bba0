"""Customers ask for the holiday specials, and docs/journeys/holiday-specials.yaml goes along with each: until the
season comes, until they answer, until somebody has called them, until they buy."""

from datetime import timedelta

import pytest

from local.stack import Stack
from tests.stories.journeys import DEFINITIONS, Shop, buys, comes, does, letter, place
from tests.stories.letters import link, one_click

OUTCOMES = ["interested", "declined", "no_answer"]
LOT = "holiday-2026"
PEOPLE = "silent clicks told_late flying interested busy buyer leaver keen night owl early tokyo twice".split()
ID = {name: place(LOT, name) for name in PEOPLE} | {"left_out": place(LOT, "left_out", is_left_out=True)}
pytestmark = pytest.mark.prove
SEASON = 47
"""So many hours after they asked."""
FIRST, BOTH = ["Specials"], ["Specials", "Better specials"]


@pytest.fixture(scope="module")
def shop():
    """It is ten in the morning, and the season begins on the day after the next, at nine."""
    with Stack.start() as stack:
        shop = Shop(stack, "holiday-specials")
        shop.define("topics/specials", {"name": "Specials", "opt_in": "assumed"})
        shop.define("templates/specials-1", letter("Specials"))
        shop.define("templates/specials-better", letter("Better specials"))
        shop.define("queues/sales", {"name": "Sales", "outcomes": OUTCOMES})
        shop.morning(10)
        season = (stack.clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT09:00 local")
        text = (DEFINITIONS / "holiday-specials.yaml").read_text()
        shop.publish(text.replace("2026-11-24T09:00 local", season))
        yield shop


@pytest.fixture(scope="module")
def season(shop):
    """Two days before it begins, and nineteen of it."""
    subscribe(shop)
    before(shop)
    shop.later(hours=12)
    shop.click(ID["clicks"])
    assert one_click(shop.stack, link(shop.mails(ID["leaver"])[0], "u")).status == 200
    shop.later(days=3)
    call(shop)
    shop.later(days=7)
    shop.tell(does(ID["busy"], "Page Viewed"))
    shop.later(days=7)
    return shop


def subscribe(shop):
    zone = {"tokyo": {"timezone": "Asia/Tokyo"}}
    shop.tell(*(comes(who, **zone.get(name, {})) for name, who in ID.items()))
    asked = (does(who, "Specials Subscribed", f"m-{who}", topic="holiday") for who in ID.values())
    shop.tell(*asked, times=2)


def before(shop):
    """Until ten in the evening before the season."""
    shop.later(hours=1)
    shop.tell(does(ID["early"], "Page Viewed"), does(ID["keen"], "Specials Published"))
    shop.stack.request("POST", "/_local/ses", json={"event": "throttle", "times": 1})
    shop.tell(does(ID["flying"], "Specials Published"))
    shop.tell(buys(ID["flying"]))
    shop.later(hours=11)
    shop.tell(does(ID["night"], "Specials Published"), does(ID["owl"], "Specials Published"))
    shop.later(minutes=5)
    shop.tell(buys(ID["owl"]))
    shop.later(hours=23, minutes=55)


def call(shop):
    """An hour after the tasks of most were opened."""
    done(shop, "interested", "interested")
    done(shop, "busy", "no_answer")
    yesterday = shop.stack.clock.now() - timedelta(days=1)
    shop.tell(buys(ID["buyer"]), does(ID["told_late"], "Page Viewed", at=yesterday))


def done(shop, name, outcome):
    (task,) = shop.tasks(ID[name])
    shop.ask("POST", f"/v1/tasks/{task['id']}/complete", {"outcome": outcome})
    shop.stack.settle()


def test_who_never_answers_is_written_to_called_and_written_to_again(season):
    assert season.letters(ID["silent"]) == BOTH
    hours = season.hours(ID["silent"])
    assert hours["until_season"] == hours["email_1"] == SEASON
    assert (hours["reply_1"], hours["call"], hours["reply_2"]) == (SEASON + 72, SEASON + 240, SEASON + 408)
    assert tasks(season, "silent") == [("cancelled", None)]
    assert season.end(ID["silent"]) == ("end", [], [])
    assert season.told(ID["silent"]) == ["Journey Entered", "Journey Left", "Task Created"]


@pytest.mark.parametrize("name", ["early", "twice"])
def test_what_was_done_before_the_letter_is_no_answer_to_it_and_what_is_told_twice_happens_once(season, name):
    assert season.letters(ID[name]) == BOTH
    assert season.told(ID[name]) == season.told(ID["silent"])
    assert season.hours(ID[name]) == season.hours(ID["silent"])


def test_who_follows_a_link_is_asked_nothing_more_once_it_is_known_that_a_person_did(season):
    assert season.letters(ID["clicks"]) == FIRST
    assert season.hours(ID["clicks"])["reply_1"] == SEASON + 1
    assert tasks(season, "clicks") == []
    assert season.end(ID["clicks"]) == ("end", [], [])


def test_an_answer_that_is_told_a_day_late_still_counts_and_nobody_needs_to_call(season):
    assert season.letters(ID["told_late"]) == FIRST
    assert tasks(season, "told_late") == [("cancelled", None)]
    assert season.end(ID["told_late"]) == ("end", [], [])


def test_what_came_of_the_call_leads_on(season):
    assert season.letters(ID["interested"]) == FIRST
    assert tasks(season, "interested") == [("done", "interested")]
    assert season.end(ID["interested"]) == ("end", [], [])


def test_whom_nobody_could_reach_gets_the_better_letter_when_the_week_is_over_and_may_answer_that(season):
    assert season.letters(ID["busy"]) == BOTH
    assert tasks(season, "busy") == [("done", "no_answer")]
    assert season.hours(ID["busy"])["call"] == SEASON + 240
    assert season.hours(ID["busy"])["reply_2"] == SEASON + 241


def test_who_buys_before_being_called_needs_no_call(season):
    assert season.letters(ID["buyer"]) == FIRST
    assert tasks(season, "buyer") == [("cancelled", None)]
    assert season.end(ID["buyer"]) == ("converted", [], [])
    assert "Journey Converted" in season.told(ID["buyer"])


def test_who_unsubscribes_leaves(season):
    assert season.letters(ID["leaver"]) == FIRST
    assert season.end(ID["leaver"]) == ("opted_out", [], [])


def test_who_hears_of_the_specials_sooner_is_written_to_sooner_but_not_at_night(season):
    assert (season.letters(ID["keen"]), season.letters(ID["night"])) == (BOTH, BOTH)
    assert season.hours(ID["keen"])["email_1"] == 1
    assert (season.hours(ID["night"])["until_season"], season.hours(ID["night"])["email_1"]) == (12, 22)


def test_the_season_begins_at_nine_wherever_somebody_is(season):
    assert season.hours(ID["tokyo"])["email_1"] == SEASON - 9


@pytest.mark.parametrize("name", ["flying", "owl"])
def test_who_buys_while_the_letter_is_on_its_way_or_waits_for_the_morning_does_not_get_it(season, name):
    assert season.letters(ID[name]) == []
    assert season.end(ID[name]) == ("converted", [], [])


def test_whom_the_lot_leaves_out_is_never_contacted(season):
    assert season.letters(ID["left_out"]) == []
    assert tasks(season, "left_out") == []
    assert season.run(ID["left_out"])["status"] == "held_out"


def tasks(season, name):
    return [(each["state"], each["outcome"]) for each in season.tasks(ID[name])]
