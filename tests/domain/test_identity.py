"""Who is joined with whom, by statements stored one after the other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper import clock, ids
from shopkeeper.customer import identity
from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.identity import Change, Known, Merge, Move
from tests.interactions import said

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Names:
    """What is stored of identities, and a clock that moves on by a second with each statement."""

    def __init__(self):
        self.known, self.writes, self.now = {}, 0, START
        self.merges, self.apart = [], {}

    def state(self, subject="", received_at="", trusted=True, **stated):
        """Store what one interaction states of a person; gives when it was received."""
        self.now += timedelta(seconds=1)
        received_at = received_at or clock.to_text(self.now)
        subject = subject or next(f"{kind}:{stated[kind]}" for kind in ("user", "anon", "email") if kind in stated)
        statement = identity.statement_of(said(subject, "m", ids=stated, trusted=trusted, received_at=received_at))
        while step := identity.next_step(statement, self.known, self.now, self.apart):
            change = self.merged(step) if isinstance(step, Merge) else step
            assert self.known.get(change.identity) == change.before
            self.known[change.identity] = change.after
            self.writes += 1
        return received_at

    def merged(self, merge):
        """What a merge does to identities."""
        gone = self.known[merge.gone]
        self.merges.append((merge.gone, merge.into))
        return Change(merge.gone, gone, replace(gone, into=merge.into))

    def customer(self, name, received_at=None):
        """Where whose it was is by now."""
        whose = identity.resolve(self.known[name], received_at or clock.to_text(self.now + timedelta(seconds=1)))
        into = {ids.customer_id(gone): ids.customer_id(into) for gone, into in self.merges}
        while whose in into:
            whose = into[whose]
        return whose


@pytest.fixture
def names():
    return Names()


def test_a_customer_is_named_after_the_first_identity_seen(names):
    names.state(user="jo")

    assert names.customer("user:jo") == ids.customer_id("user:jo")


def test_a_visitor_who_signs_up_stays_the_same_customer(names):
    names.state(anon="phone")
    names.state(user="jo", anon="phone")

    assert names.customer("user:jo") == names.customer("anon:phone") == ids.customer_id("anon:phone")


def test_a_device_that_is_new_with_a_user_is_theirs_from_the_beginning(names):
    names.state(user="jo", anon="phone")

    assert names.customer("anon:phone", "1997-01-01T00:00:00.000Z") == ids.customer_id("user:jo")


def test_a_device_follows_whoever_uses_it_from_then_on(names):
    before = names.state(user="jo", anon="phone")
    names.state(user="al", anon="phone")

    assert names.customer("anon:phone", before) == ids.customer_id("user:jo")
    assert names.customer("anon:phone") == ids.customer_id("user:al")


def test_two_users_on_one_device_stay_two_customers(names):
    names.state(anon="phone")
    names.state(user="jo", anon="phone")
    names.state(user="al", anon="phone")
    names.state(user="jo", anon="phone")

    assert names.customer("user:jo") == ids.customer_id("anon:phone")
    assert names.customer("user:al") == ids.customer_id("user:al")


def test_a_visitor_known_by_two_roads_is_joined_by_one_user_only(names):
    """A user came by the device; another one who comes by the address has no part in that customer."""
    names.state(anon="phone", email="jo@example.com")
    names.state(user="jo", anon="phone")
    names.state(user="al", email="jo@example.com")

    assert names.customer("user:al") == ids.customer_id("user:al")
    assert names.customer("email:jo@example.com") == names.customer("user:jo")


def test_a_new_user_joins_the_customer_of_their_address(names):
    names.state(email="jo@example.com")
    names.state(user="jo", email="Jo@Example.COM ")

    assert names.customer("user:jo") == ids.customer_id("email:jo@example.com")


def test_an_address_of_another_user_stays_where_it_is(names):
    names.state(user="jo", email="jo@example.com")
    names.state(user="al", email="jo@example.com")

    assert names.customer("email:jo@example.com") == ids.customer_id("user:jo")


def test_an_address_that_no_user_has_follows_a_known_user(names):
    names.state(user="jo")
    names.state(email="jo@example.com")
    names.state(user="jo", email="jo@example.com")

    assert names.customer("email:jo@example.com") == ids.customer_id("user:jo")


def test_an_address_said_with_a_publishable_key_names_nobody(names):
    names.state(user="jo", email="jo@example.com", trusted=False)

    assert set(names.known) == {"user:jo"}


@pytest.mark.parametrize("text", ["n/a", "none@none.com", "test@example.com"])
def test_what_is_no_address_of_anybody_names_nobody(names, text):
    names.state(user="jo", email=text)

    assert set(names.known) == {"user:jo"}


def test_the_same_statement_again_writes_nothing(names):
    names.state(user="jo", anon="phone")
    first = names.state(user="al", anon="phone")
    moves = names.known["anon:phone"].moves
    writes = names.writes

    names.state(user="al", anon="phone", received_at=first)
    names.state(user="al", anon="phone")

    assert (names.known["anon:phone"].moves, names.writes) == (moves, writes)


def test_an_older_cause_stored_later_moves_nothing(names):
    early = clock.to_text(START)
    names.state(user="jo", anon="phone")
    names.state(user="al", anon="phone")

    names.state(user="jo", anon="phone", received_at=early)

    assert names.customer("anon:phone") == ids.customer_id("user:al")


def test_a_device_seen_before_an_older_cause_is_stored_still_follows_it(names):
    """Merely being seen is no cause: the link is not lost because a later message was faster."""
    early = clock.to_text(START)
    names.state(user="jo")
    names.state(anon="phone")

    names.state(user="jo", anon="phone", received_at=early)

    assert names.customer("anon:phone") == ids.customer_id("user:jo")


def test_a_move_holds_from_after_the_instant_of_its_storing(names):
    names.state(user="jo", anon="phone")
    names.state(user="al", anon="phone")

    now = clock.to_text(names.now)
    assert names.customer("anon:phone", now) == ids.customer_id("user:jo")
    assert names.known["anon:phone"].last.since > now


def test_moves_within_one_millisecond_keep_their_order(names):
    names.state(user="jo", anon="phone")
    names.state(user="al", anon="phone")
    names.now -= timedelta(seconds=1)
    names.state(user="jo", anon="phone", received_at=clock.to_text(names.now + timedelta(hours=1)))

    since = [move.since for move in names.known["anon:phone"].moves]
    assert since == sorted(set(since))


def test_an_announced_move_is_dated_before_anything_else():
    """Whoever finds it dates it, whatever they came for, and only then says who the device is."""
    home = Move("", "jo", "", "user:jo")
    announced = Known((home, Move(None, "al", "2026-03-01T11:00:00.000Z", "user:al")))
    statement = identity.statement_of(said("anon:phone", "m", received_at="2026-03-01T11:30:00.000Z"))

    change = identity.next_step(statement, {"anon:phone": announced}, START)

    assert change.before == announced
    assert change.after.moves[-1].since == "2026-03-01T12:00:00.001Z"
    assert identity.resolve(announced, "2026-03-01T13:00:00.000Z") == "jo"
    assert identity.resolve(change.after, "2026-03-01T12:00:00.000Z") == "jo"
    assert identity.resolve(change.after, "2026-03-01T12:00:00.001Z") == "al"


def test_a_subject_stands_as_sent_while_its_identity_is_normalised():
    assert identity.identity_of("email: Jo@BÜCHER.example ") == "email:jo@xn--bcher-kva.example"
    assert identity.identity_of("email:nobody") == "email:nobody"
    assert identity.identity_of("user:Jo@Example.com") == "user:Jo@Example.com"


@pytest.mark.parametrize(
    "text", ["", "jo", "@example.com", "jo@", "j o@example.com", "jo@ex ample.com", "jo@" + "a" * 70]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="no e-mail address"):
        normal_email(text)
