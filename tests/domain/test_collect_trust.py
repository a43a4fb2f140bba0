"""What a page may say: little for a visitor, and what is theirs to say for who is shown to be signed in."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import interaction, write_keys
from shopkeeper.customer.collect import calls, trust
from shopkeeper.customer.collect.calls import Inherited, Visit
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.identity import statement_of
from shopkeeper.customer.orders import is_hearsay

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SECRETS = ["the secret of an older root", "the secret that is shown"]
PAGE = Visit(write_keys.WriteKey("9b" * 32, "publishable", "web", NOW), "request-1", NOW, secrets=lambda: SECRETS)
SERVER = replace(PAGE, key=write_keys.WriteKey("5e" * 32, "secret", "shop", NOW))
ANON = {"type": "track", "anonymousId": "f00", "event": "Tea Poured", "messageId": "m-1"}
HASH = hmac.new(SECRETS[1].encode(), b"42", hashlib.sha256).hexdigest()
SIGNED_IN = ANON | {"userId": "42", "user_hash": HASH}
ENOUGH = {"properties": {"topic": "news", "is": "out", "list": "vip", "message_id": "m-0"}}


def read(call, visit=PAGE, inherited=Inherited()):  # noqa: B008
    return calls.interaction(call, 0, inherited, visit)


def flaw_of(call, visit=PAGE, inherited=Inherited()):  # noqa: B008
    with pytest.raises(Flaw) as caught:
        read(call, visit, inherited)
    return caught.value.code, caught.value.field


def identify(**traits):
    return {"type": "identify", "traits": traits}


@pytest.mark.parametrize("kind", ["track", "identify", "page", "screen", "group", "alias"])
def test_a_page_alone_cannot_speak_for_a_user(kind):
    call = ANON | {"type": kind, "userId": "42", "groupId": "g", "previousId": "f00"}
    assert flaw_of(call) == ("needs_user_hash", "userId")
    kept = read(call | {"user_hash": HASH})
    assert (kept.subject, kept.trusted, kept.context) == ("user:42", False, {"proof": "user_hash"})


@pytest.mark.parametrize("claimed", [HASH[:-1], HASH[::-1], "", "0" * 64, 7, {}, [HASH], True])
def test_a_hash_that_is_not_the_shops_is_refused_by_name(claimed):
    assert flaw_of(SIGNED_IN | {"user_hash": claimed}) == ("wrong_user_hash", "user_hash")
    hidden = ANON | {"userId": "42", "context": {"user_hash": claimed}}
    assert flaw_of(hidden) == ("wrong_user_hash", "context.user_hash")


def test_the_hash_of_one_user_is_worth_nothing_to_another():
    assert flaw_of(SIGNED_IN | {"userId": "43"}) == ("wrong_user_hash", "user_hash")


def test_a_hash_may_stand_in_the_context_of_the_call_or_of_the_batch_and_is_not_kept():
    for call, inherited in (
        (SIGNED_IN | {"user_hash": None, "context": {"user_hash": HASH}}, Inherited()),
        (SIGNED_IN | {"user_hash": None}, Inherited(context={"user_hash": HASH})),
        (SIGNED_IN | {"user_hash": HASH.upper()}, Inherited()),
        (SIGNED_IN | {"userId": 42}, Inherited()),
    ):
        kept = read(call, inherited=inherited)
        assert kept.ids == {"user": "42", "anon": "f00"}
        assert HASH not in interaction.encode(kept).decode().lower()


def test_what_the_older_root_has_signed_is_believed():
    assert read(SIGNED_IN | {"user_hash": trust.user_hash(SECRETS[0], "42")}).subject == "user:42"


def test_nobody_asks_for_secrets_unless_a_page_names_a_user_and_shows_a_hash():
    deaf = replace(PAGE, secrets=lambda: 1 / 0)
    assert read(ANON | {"user_hash": HASH}, deaf).subject == "anon:f00"
    assert flaw_of(ANON | {"userId": "42"}, deaf) == ("needs_user_hash", "userId")
    assert read(SIGNED_IN, replace(SERVER, secrets=lambda: 1 / 0)).trusted


def test_only_we_can_say_that_something_was_proven():
    forged = {"context": {"proof": "user_hash", "clock": "ours"}}
    assert read(ANON | forged).context == {}
    assert read(SIGNED_IN | forged, SERVER).context == {}


@pytest.mark.parametrize("trait", ["email", "consent"])
def test_what_is_theirs_to_say_takes_the_hash(trait):
    call = ANON | identify(**{trait: "jo@example.com"}, age=5)
    assert flaw_of(call) == ("needs_user_hash", f"traits.{trait}")
    assert read(SIGNED_IN | call).traits == {trait: "jo@example.com", "age": 5}


@pytest.mark.parametrize("trait", ["role", "roles", "suppressed"])
@pytest.mark.parametrize("kind", ["identify", "group"])
def test_what_decides_about_people_takes_the_secret_key(trait, kind):
    call = ANON | {"type": kind, "groupId": "g", "traits": {trait: "admin"}}
    assert flaw_of(call) == flaw_of(SIGNED_IN | call) == ("needs_secret_key", f"traits.{trait}")
    assert read(call, SERVER).traits == {trait: "admin"}


def test_a_page_cannot_take_away_what_it_may_not_say():
    nothing = identify(email=None, role=None, city=None)
    assert read(ANON | nothing).traits == {"city": None}
    assert read(SIGNED_IN | nothing).traits == {"email": None, "city": None}
    assert read(ANON | nothing, SERVER).traits == nothing["traits"]


@pytest.mark.parametrize("event", sorted(trust.EVENTS))
def test_our_own_facts_take_the_secret_key(event):
    assert flaw_of(SIGNED_IN | {"event": event}) == ("needs_secret_key", "event")
    assert read(ANON | ENOUGH | {"event": event}, SERVER).name == event
    assert read(ANON | {"type": "page", "name": event}).name == event


@pytest.mark.parametrize("event", sorted(trust.OWN_EVENTS))
def test_consent_takes_the_hash(event):
    assert flaw_of(ANON | {"event": event}) == ("needs_user_hash", "event")
    assert read(SIGNED_IN | ENOUGH | {"event": event}).name == event


def test_an_address_said_on_a_page_identifies_nobody_and_an_order_counts_for_nobody():
    kept = read(SIGNED_IN | identify(email="jo@example.com"))
    assert statement_of(kept).identities == ("user:42", "anon:f00")
    order = SIGNED_IN | {"event": "Order Completed", "properties": {"order_id": "A-1", "total": 1}}
    assert is_hearsay(read(order))


@given(st.text(max_size=20), st.text(max_size=70))
def test_no_hash_is_guessed(user, claimed):
    assert trust.vouches(SECRETS, user, claimed) == (claimed.lower() in {trust.user_hash(s, user) for s in SECRETS})
    assert trust.vouches(SECRETS, user, trust.user_hash(SECRETS[1], user))
    assert not trust.vouches([], user, claimed)
