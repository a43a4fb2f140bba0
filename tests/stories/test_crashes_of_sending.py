"""Letters go out, come back and are answered while every handler on their way dies once at each of its calls.

`make test` dies before the first call, and on one side of each that may change something: around a read, what is left
behind is what the change before it left, and before a change what the one before that left. `make prove` dies
everywhere.
"""

from datetime import timedelta

import pytest

from local.faults import FAULTS
from tests.stories.letters import define_campaign, link, one_click
from tests.stories.mailings import Mailing, left_in_queues

SENDER, LISTENER, ANNOUNCER, DESK = (
    f"{name}Function" for name in ("MailSend", "MailFeedback", "CustomerAnnounce", "ConsentUnsubscribe")
)
CALL = "sesv2.SendEmail"
READS = ("dynamodb.GetItem", "dynamodb.BatchGetItem", "secretsmanager.GetSecretValue")
GROUP = 10


@pytest.fixture
def shop(stack):
    define_campaign(stack)
    yield stack
    FAULTS.clear()


def watched(stack, act, *functions):
    """The calls of the functions, each of them, from a cold start on."""
    for function in functions:
        stack.functions[function].retire()
    with FAULTS.watch() as calls:
        act()
    return {function: [call.name for call in calls if call.function == function] for function in functions}


def dying(stack, function, when, nth, act):
    """The same, and it dies at its call number `nth`, once."""
    stack.functions[function].retire()
    FAULTS.crash(when, function=function, nth=nth)
    act()
    assert not FAULTS._traps, "the call never came"


def deaths(calls):
    """Before the first call, and around each that may change something."""
    changes = [nth for nth, name in enumerate(calls, 1) if name not in READS]
    first = [("before", 1)] if calls else []
    return [*first, *((when, nth) for nth in changes for when in ("before", "after") if (when, nth) not in first)]


def some_of_them(calls):
    """Every third of what the longer proofs ask at every call: before and after by turns."""
    return deaths(calls)[::3]


def all_deaths(calls):
    return [(when, nth) for nth in range(1, len(calls) + 1) for when in ("before", "after")]


def calm(stack):
    """A mailing to which nothing happened: the sender's calls, and the picture of each of its people."""
    stack.clock.advance(timedelta(minutes=15))  # From then on it is known what SES grants, and no sender asks for that.
    mailing = Mailing(stack, "calm")
    calls = watched(stack, mailing.send, SENDER)[SENDER]
    one, other = mailing.pictures().values()
    assert one == other
    assert (one["letters"], one["row"]["state"]) == (1, "delivered")
    assert one["timeline"]["Email Sent"] == one["timeline"]["Email Delivered"] == 1
    return calls, one


def wrong_mailings(stack, calls, picture, tried):
    """What became of mailings whose sender died, where it is not what becomes of all others.

    Whoever was about to be written to when it died stays in doubt, and gets no second letter: nobody can know better.
    """
    asked = [nth for nth, name in enumerate(calls, 1) if name == CALL]
    fatal = {("after", nth - 1) for nth in asked} | {("before", nth) for nth in asked}
    for when, nth in tried:
        mailing = Mailing(stack, f"{when}-{nth}")
        dying(stack, SENDER, when, nth, mailing.send)
        found = list(mailing.pictures().values())
        doubted = [each for each in found if (each["letters"], each["row"]["state"]) == (0, "unknown")]
        if len(doubted) > ((when, nth) in fatal) or any(each not in (picture, *doubted) for each in found):
            yield when, nth, calls[nth - 1], found


def test_wherever_the_sender_dies_each_gets_one_letter_at_most_and_nobody_is_lost(shop):
    calls, picture = calm(shop)
    first = calls[: calls.index(CALL) + 2]
    assert {name.partition(".")[0] for name in first} == {"dynamodb", "secretsmanager", "sesv2"}
    assert len(first) >= 15

    assert list(wrong_mailings(shop, calls, picture, some_of_them(first))) == []
    assert left_in_queues(shop) == {}


@pytest.mark.prove
def test_the_same_holds_before_and_after_all_calls_of_two_letters(shop):
    calls, picture = calm(shop)

    assert list(wrong_mailings(shop, calls, picture, all_deaths(calls))) == []
    assert left_in_queues(shop) == {}


@pytest.mark.parametrize(("when_unknown", "state", "more"), [("never", "not_sent", 0), ("retry_once", "delivered", 1)])
def test_who_may_have_got_a_letter_of_which_ses_never_tells_gets_one_more_as_is_said_of_all_mail(
    shop, when_unknown, state, more
):
    """An hour later, and after a canary."""
    say_of_mail(shop, when_unknown=when_unknown)
    calls, _ = calm(shop)
    asked = calls.index(CALL) + 1
    got = {("after", asked - 1): 0, ("before", asked): 0, ("after", asked): 1, ("before", asked + 1): 1}

    for (when, nth), letters in got.items():
        shop.clock.advance(timedelta(minutes=15))  # No canary is wanted any more, whose event could get lost instead.
        mailing = Mailing(shop, f"{when}-{nth}")
        happens(shop, event="lost_event", times=2)
        dying(shop, SENDER, when, nth, mailing.send)
        found = sorted((each["row"]["state"], each["letters"]) for each in mailing.pictures().values())
        assert found == [("accepted", 1), (state, letters + more)]
    assert left_in_queues(shop) == {}


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("throttle", "delivered"),
        ("lost_response", "delivered"),
        ("lost_request", "delivered"),
        ("lost_event", "accepted"),
    ],
)
def test_whatever_ses_answers_or_keeps_to_itself_each_gets_one_letter(shop, event, state):
    mailing = Mailing(shop, "letter")
    happens(shop, event=event, times=2)

    found = mailing.send().pictures().values()

    assert [(each["letters"], each["row"]["state"]) for each in found] == [(1, state)] * 2
    assert left_in_queues(shop) == {}


def say_of_mail(stack, **said):
    token = stack.request("GET", "/_local/token?group=admin").json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    assert stack.request("PUT", "/v1/mail/state", headers=headers, json=said).status == 200


def happens(stack, **asked):
    assert stack.request("POST", "/_local/ses", json=asked).status == 200


def opens(stack, letter):
    assert stack.request("GET", link(letter, "o")).status == 200


def follows(stack, letter):
    assert stack.request("GET", link(letter, "c")).status == 302


def leaves(stack, letter):
    """As a mailbox provider does it: until it is told that it is done."""
    while one_click(stack, link(letter, "u")).status not in (200, 202):
        pass


def leaves_while_tables_are_out(stack, letter):
    FAULTS.refuse("dynamodb", 2)  # Both tries of one call.
    leaves(stack, letter)


def bounces(stack, letter):
    happens(stack, event="bounce", send_id=letter["send_id"])


def complains(stack, letter):
    happens(stack, event="complaint", send_id=letter["send_id"])


HAPPENINGS = (opens, follows, leaves, leaves_while_tables_are_out, bounces, complains)
STAY = (opens, follows)


class Readers:
    """To each of them one thing happens, and the next time it is the next one's turn."""

    def __init__(self, stack):
        self.stack, self.did, self._waiting = stack, {}, []

    def next(self, what):
        """Something to do, and then to see what came of it."""
        if not self._waiting:
            group = f"news-{len(self.did)}"
            mailing = Mailing(self.stack, group, [f"{group}-{n}" for n in range(GROUP)]).send()
            self._waiting = [(mailing, who) for who in mailing.people]
        mailing, who = self._waiting.pop()
        self.did[who] = what
        (letter,) = mailing.letters(who)

        def act():
            what(self.stack, letter)
            mailing.go_on()

        return act, lambda: mailing.picture(who)


def wrong_endings(stack, readers, what, deaths):
    """Where it is not the end that the same takes for one to whom nothing else happened."""
    readers.next(what)[0]()  # Names of events are noted when they are told first.
    act, ending = readers.next(what)
    died = watched(stack, act, LISTENER, ANNOUNCER, DESK)
    expected = ending()
    assert expected["letters"] == 1
    for function, calls in died.items():
        for when, nth in deaths(calls):
            act, ending = readers.next(what)
            dying(stack, function, when, nth, act)
            if (found := ending()) != expected:
                yield what.__name__, function, when, nth, calls[nth - 1], found


@pytest.mark.parametrize("deaths", [some_of_them, pytest.param(all_deaths, marks=pytest.mark.prove)])
def test_wherever_a_handler_dies_on_the_way_back_all_ends_the_same_and_who_has_left_gets_no_more(shop, deaths):
    readers = Readers(shop)

    wrong = [wrong for what in HAPPENINGS for wrong in wrong_endings(shop, readers, what, deaths)]

    assert wrong == []
    assert left_in_queues(shop) == {}
    again = Mailing(shop, "again", list(readers.did)).send()
    got = {who: len(again.letters(who)) for who in again.people}
    assert got == {who: int(what in STAY) for who, what in readers.did.items()}
