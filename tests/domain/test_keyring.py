"""The key ring is read strictly: what is misspelt in it must not let a leaked key go on signing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import keyring
from shopkeeper.keyring import KeyRingError
from tests.track_fakes import OTHER_ROOT, ROOT


def ring(**fields):
    return keyring.parse(json.dumps({name.removeprefix("k"): value for name, value in fields.items()}))


def test_the_secret_as_cloudformation_makes_it_is_a_ring_of_one_key():
    made = keyring.parse(json.dumps({"mint": "1", "1": ROOT}))

    assert made.mint == 1
    assert made.key(1, 2) is not None
    assert made.key(2, 2) is None


def test_every_key_verifies_and_the_named_one_mints():
    both = ring(mint="2", k1=ROOT, k2=OTHER_ROOT)

    assert both.mint == 2
    assert both.key(1, 1) is not None
    assert both.key(2, 1) is not None


@pytest.mark.parametrize("mint", ["3", "", "0", 1, None, ["1"], {}])
def test_a_wrong_mint_stops_minting_and_not_reading(mint):
    made = keyring.parse(json.dumps({"mint": mint, "1": ROOT}))

    assert made.mint is None
    assert made.key(1, 1) is not None


def test_a_leaked_key_never_mints():
    assert ring(mint="1", k1=ROOT, unsubscribe_only=["1"]).mint is None


@pytest.mark.parametrize(
    ("secret", "named"),
    [
        ([], "not a JSON object"),
        ({}, "holds no key"),
        ({"mint": "1"}, "holds no key"),
        ({"0": ROOT}, "'0'"),
        ({"256": ROOT}, "'256'"),
        ({"01": ROOT}, "'01'"),
        ({"1": "short"}, "'1'"),
        ({"1": 7}, "'1'"),
        ({"1": "\ud800" * 40}, "'1'"),
        ({"1": ROOT, "unsubscribe-only": ["1"]}, "'unsubscribe-only'"),
        ({"1": ROOT, "unsubscribe_only": "1"}, "unsubscribe_only"),
        ({"1": ROOT, "unsubscribe_only": [1]}, "unsubscribe_only"),
        ({"1": ROOT, "unsubscribe_only": ["2"]}, "unsubscribe_only"),
    ],
)
def test_what_is_no_key_ring_is_refused_by_the_name_of_its_field(secret, named):
    with pytest.raises(KeyRingError) as refused:
        keyring.parse(json.dumps(secret))
    assert named in str(refused.value)


def test_a_secret_that_is_not_json_is_refused():
    with pytest.raises(KeyRingError, match="not JSON"):
        keyring.parse(ROOT)


NAMES = st.text() | st.sampled_from(["1", "mint", "unsubscribe_only"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    )
)
def test_nothing_but_a_key_ring_error_ever_comes_of_a_bad_secret(value):
    with pytest.raises(KeyRingError):
        keyring.parse(json.dumps(value))


@pytest.mark.parametrize("secret", [{"1": ROOT, OTHER_ROOT: "x"}, {"1": ROOT, "unsubscribe_only": [OTHER_ROOT]}])
def test_a_root_in_the_wrong_place_is_not_repeated_in_the_error(secret):
    with pytest.raises(KeyRingError) as refused:
        keyring.parse(json.dumps(secret))
    assert OTHER_ROOT not in str(refused.value)


def test_identity_secrets_differ_by_key_and_root_and_are_no_keys_of_tokens():
    both = ring(mint="2", k1=ROOT, k2=OTHER_ROOT)
    page, app = both.identity_secrets("page"), both.identity_secrets("app")

    assert len({*page, *app}) == 4
    assert both.identity_secret("page") == page[1]
    assert keyring.derive(ROOT.encode(), 1).hex() not in page


def test_an_identity_secret_of_a_root_that_leaked_is_not_believed():
    both = ring(mint="2", k1=ROOT, k2=OTHER_ROOT, unsubscribe_only=["1"])

    assert both.identity_secrets("page") == [both.identity_secret("page")]
    assert ring(mint="1", k1=ROOT, unsubscribe_only=["1"]).identity_secret("page") is None
