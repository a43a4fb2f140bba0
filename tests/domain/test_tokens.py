"""A token is what the design says to the byte, and nothing else is a token."""

import base64
import hashlib
import hmac
import json
import string
import struct
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import keyring, tokens
from shopkeeper.tokens import Kind
from tests.track_fakes import CONTENT, OTHER_ROOT, RING, ROOT, SECRET, SEND, token

ALPHABET = string.ascii_letters + string.digits + "-_"
KINDS = st.sampled_from(list(Kind))
FLAGS = st.sampled_from([0, tokens.PERSONAL, tokens.TEST, tokens.PERSONAL | tokens.TEST])
REFS = st.binary(min_size=8, max_size=8)


def as_designed(root, kid, kind, flags, send_id, content_ref):
    """The design's words once more, with other tools: it shares no line with the code under test."""
    key = HKDF(hashes.SHA256(), length=32, salt=b"", info=b"trk1" + bytes([kind])).derive(root.encode())
    signed = struct.pack(">BBBB16s8s", 1, kind, kid, flags, send_id.bytes, content_ref)
    mac = hmac.new(key, signed, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(signed + mac).decode().rstrip("=")


def is_read(segment, kind, ring=RING):
    try:
        tokens.read(segment, kind, ring)
    except tokens.BadTokenError:
        return False
    return True


@given(KINDS, FLAGS, st.uuids(), REFS, st.integers(1, 255), st.text(string.ascii_letters, min_size=32, max_size=80))
def test_a_token_is_the_one_the_design_describes(kind, flags, send_id, content_ref, kid, root):
    ring = keyring.parse(json.dumps({"mint": str(kid), str(kid): root}))

    minted = tokens.mint(ring, kind, send_id, content_ref, flags)
    token = tokens.read(minted, kind, ring)

    assert minted == as_designed(root, kid, kind, flags, send_id, content_ref)
    assert len(minted) == 59
    assert (token.kind, token.send_id, token.content_ref) == (kind, str(send_id), content_ref.hex())
    assert (token.personal, token.test) == (bool(flags & 1), bool(flags & 2))


def test_a_token_written_down_years_ago_is_still_read():
    written_down = "AQMBAAAAAAAAAAAAAAAAAAAAAAABAgMEBQYHCC_bDTVTaxErJ1yg8GmelnE"

    ring = keyring.parse(json.dumps(SECRET))

    assert tokens.read(written_down, Kind.UNSUBSCRIBE, ring).send_id == str(UUID(int=0))


@given(KINDS, st.integers(0, 58), st.sampled_from(ALPHABET))
def test_a_changed_character_is_never_read(kind, place, character):
    good = token(kind)
    changed = good[:place] + character + good[place + 1 :]

    assert is_read(changed, kind) == (changed == good)


@given(KINDS, st.integers(0, 43), st.integers(1, 255))
def test_a_changed_byte_is_never_read(kind, place, difference):
    raw = bytearray(base64.urlsafe_b64decode(token(kind) + "="))
    raw[place] ^= difference

    assert not is_read(base64.urlsafe_b64encode(raw).decode().rstrip("="), kind)


@given(KINDS, st.integers(0, 58))
def test_a_shortened_token_is_never_read(kind, length):
    assert not is_read(token(kind)[:length], kind)


@given(KINDS, st.text(ALPHABET, min_size=1, max_size=5))
def test_a_lengthened_token_is_never_read(kind, more):
    assert not is_read(token(kind) + more, kind)
    assert not is_read(more + token(kind), kind)


@pytest.mark.parametrize("kind", Kind)
def test_other_ways_to_write_the_same_bytes_are_never_read(kind):
    good = token(kind)
    raw = base64.urlsafe_b64decode(good + "=")
    last = ALPHABET.replace(good[-1], "")
    same = [good[:-1] + c for c in last if base64.urlsafe_b64decode(good[:-1] + c + "=") == raw]
    assert len(same) == 3

    for written in [*same, good + "=", good[:20] + "\n" + good[20:], good[:20] + "%" + good[20:], "\u200b" + good]:
        assert not is_read(written, kind)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("other", Kind)
def test_a_token_of_one_kind_is_worth_nothing_elsewhere(kind, other):
    assert is_read(token(kind), other) == (kind == other)


@given(KINDS, KINDS)
def test_not_even_a_token_whose_kind_was_rewritten_is_read(kind, other):
    raw = bytearray(base64.urlsafe_b64decode(token(kind) + "="))
    raw[1] = other

    assert is_read(base64.urlsafe_b64encode(raw).decode().rstrip("="), other) == (kind == other)


def test_each_kind_signs_with_a_key_of_its_own():
    assert len({keyring.derive(ROOT.encode(), kind) for kind in Kind}) == 7


@given(st.text(max_size=200), KINDS)
def test_arbitrary_text_is_refused_and_nothing_worse_happens(text, kind):
    assert not is_read(text, kind)
    with pytest.raises(tokens.BadTokenError):
        tokens.read_unchecked(text, kind)


def test_even_unchecked_a_token_is_of_its_own_kind_alone():
    assert tokens.read_unchecked(token(Kind.CLICK), Kind.CLICK).send_id == str(SEND)
    with pytest.raises(tokens.BadTokenError):
        tokens.read_unchecked(token(Kind.CLICK), Kind.UNSUBSCRIBE)


@given(KINDS, st.text(".,;:!?)>]}\"'/ ", max_size=6))
def test_punctuation_that_a_mail_client_glued_to_the_end_is_taken_off(kind, glued):
    assert is_read(token(kind) + glued, kind)
    assert not glued or not is_read(glued + token(kind), kind)


def test_an_unknown_key_costs_a_signature_check_like_a_wrong_one(monkeypatch):
    checks = []
    real = tokens._mac
    monkeypatch.setattr(tokens, "_mac", lambda *given: checks.append(1) or real(*given))
    foreign = keyring.parse(json.dumps({"mint": "7", "7": OTHER_ROOT}))

    for segment in (token(Kind.CLICK, ring=foreign), token(Kind.CLICK)[:-1] + "A", token(Kind.CLICK)):
        checks.clear()
        is_read(segment, Kind.CLICK)
        assert len(checks) == 1


def test_a_stranger_cannot_sign_with_the_key_that_stands_in_for_an_unknown_one():
    raw = base64.urlsafe_b64decode(token(Kind.CLICK) + "=")[:28]
    forged = raw[:2] + b"\x09" + raw[3:]
    forged += hmac.digest(bytes(32), forged, "sha256")[:16]

    assert not is_read(base64.urlsafe_b64encode(forged).decode().rstrip("="), Kind.CLICK)


@pytest.mark.parametrize("kind", Kind)
def test_a_leaked_key_serves_only_those_who_want_to_leave(kind):
    old = token(kind)
    ring = keyring.parse(json.dumps({"mint": "2", "1": ROOT, "2": OTHER_ROOT, "unsubscribe_only": ["1"]}))

    if kind in (Kind.UNSUBSCRIBE, Kind.PREFERENCES):
        assert tokens.read(old, kind, ring).send_id == str(SEND)
    else:
        with pytest.raises(tokens.RevokedTokenError):
            tokens.read(old, kind, ring)


def test_a_forged_token_of_a_leaked_key_is_only_a_bad_token():
    ring = keyring.parse(json.dumps({"mint": "2", "1": ROOT, "2": OTHER_ROOT, "unsubscribe_only": ["1"]}))
    forged = token(Kind.CLICK)[:-2] + "AA"

    with pytest.raises(tokens.BadTokenError) as refused:
        tokens.read(forged, Kind.CLICK, ring)
    assert not isinstance(refused.value, tokens.RevokedTokenError)


@pytest.mark.parametrize(
    "secret", [None, {"1": ROOT}, {"mint": "2", "1": ROOT}, {"mint": "1", "1": ROOT, "unsubscribe_only": ["1"]}]
)
def test_nothing_is_minted_without_a_key_that_may_sign(secret):
    ring = keyring.parse(json.dumps(secret)) if secret else None

    with pytest.raises(tokens.MintError, match="no key to mint with"):
        tokens.mint(ring, Kind.CLICK, SEND, CONTENT)


def test_what_does_not_fit_into_a_token_is_refused_by_name():
    with pytest.raises(ValueError, match="content_ref"):
        tokens.mint(RING, Kind.CLICK, SEND, b"short")
    with pytest.raises(ValueError, match="flags"):
        tokens.mint(RING, Kind.CLICK, SEND, CONTENT, 4)
