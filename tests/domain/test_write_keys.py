import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import write_keys

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("kind", "start"), [("publishable", "pk_dev_"), ("secret", "sk_dev_")])
def test_a_minted_key_says_what_it_is_and_is_known_by_its_hash_only(kind, start):
    key = write_keys.mint(kind, "dev")
    stored = write_keys.describe(key, name="web", created_at=NOW)
    assert key.startswith(start)
    assert stored.kind == kind
    assert stored.id == write_keys.key_id(key)
    assert key not in repr(stored)
    assert key != write_keys.mint(kind, "dev")


@given(st.data())
def test_a_mistyped_key_is_noticed_without_a_read(data):
    key = write_keys.mint("secret", "prod")
    place = data.draw(st.integers(0, len(key) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda c: c != key[place]))
    assert write_keys.has_form(key)
    assert not write_keys.has_form(key[:place] + letter + key[place + 1 :])


@pytest.mark.parametrize("stage", ["", "Prod", "a_b", "x" * 33])
def test_a_stage_a_key_cannot_carry_is_refused(stage):
    with pytest.raises(ValueError, match="stage"):
        write_keys.mint("secret", stage)


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_a_key_is_found_wherever_sdks_put_it():
    key = write_keys.mint("secret", "dev")
    assert write_keys.presented(basic(key + ":"), "") == key
    assert write_keys.presented(basic(key), "") == key
    assert write_keys.presented(f"Bearer {key}", "") == key
    assert write_keys.presented("", key) == key


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic ?", "Basic /w==", "Bearer token", "Digest x", basic("jo:secret")]
)
def test_a_header_without_a_key_leaves_the_word_to_the_body(header):
    assert write_keys.presented(header, "in body") == "in body"


def test_a_key_is_valid_until_it_is_revoked():
    key = write_keys.WriteKey("id", "secret", "shop", NOW, revoked_at=NOW + timedelta(minutes=1))
    assert key.valid_at(NOW)
    assert not key.valid_at(NOW + timedelta(minutes=1))


def test_a_key_without_limits_may_be_used_everywhere_and_track_everything():
    key = write_keys.WriteKey("id", "publishable", "page", NOW)
    assert key.welcomes("")
    assert key.welcomes("https://anywhere.example")
    assert key.may_track("Anything")
