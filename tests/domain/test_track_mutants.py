"""The tests bite: each of these small wrongs, put into the code, is caught by the test that stands beside it."""

import pytest

from shopkeeper import keyring, tokens
from shopkeeper.tokens import Kind
from shopkeeper.track import hits, links
from tests.domain import test_tokens, test_track_hits, test_track_links
from tests.mutants import put_into


def unknown_key_is_checked():
    with pytest.MonkeyPatch.context() as monkeypatch:
        test_tokens.test_an_unknown_key_costs_a_signature_check_like_a_wrong_one(monkeypatch)


MUTANTS = {
    "any last character will do": (
        tokens,
        "{58}[AEIMQUYcgkosw048]",
        "{59}",
        lambda: test_tokens.test_other_ways_to_write_the_same_bytes_are_never_read(Kind.CLICK),
    ),
    "one key for all kinds": (
        keyring,
        'b"trk1" + bytes([kind])',
        'b"trk1" + bytes([2])',
        test_tokens.test_each_kind_signs_with_a_key_of_its_own,
    ),
    "the design's label is not in the key": (
        keyring,
        'b"trk1"',
        'b"trk2"',
        test_tokens.test_a_token_written_down_years_ago_is_still_read,
    ),
    "the signature is not compared": (
        tokens,
        "if key is None or not genuine:",
        "if key is None:",
        test_tokens.test_a_changed_byte_is_never_read,
    ),
    "half of the bytes are not signed": (
        tokens,
        "mac.update(payload)",
        "mac.update(payload[:20])",
        test_tokens.test_a_token_written_down_years_ago_is_still_read,
    ),
    "the stand-in key opens": (
        tokens,
        "if key is None or not genuine:",
        "if not genuine:",
        test_tokens.test_a_stranger_cannot_sign_with_the_key_that_stands_in_for_an_unknown_one,
    ),
    "an unknown key is answered sooner": (
        tokens,
        "    genuine = ",
        "    if key is None:\n        raise BadTokenError\n    genuine = ",
        unknown_key_is_checked,
    ),
    "the kind is not looked at": (
        tokens,
        "raw[0] != VERSION or raw[1] != kind",
        "raw[0] != VERSION",
        test_tokens.test_even_unchecked_a_token_is_of_its_own_kind_alone,
    ),
    "a leaked key serves": (
        tokens,
        "raw[2] in ring.unsubscribe_only and kind not in _LEAVING",
        "False",
        lambda: test_tokens.test_a_leaked_key_serves_only_those_who_want_to_leave(Kind.CLICK),
    ),
    "a leaked key keeps people from leaving": (
        tokens,
        " and kind not in _LEAVING",
        "",
        lambda: test_tokens.test_a_leaked_key_serves_only_those_who_want_to_leave(Kind.UNSUBSCRIBE),
    ),
    "HEAD is a person": (
        hits,
        'if request.method == "HEAD":',
        "if False:",
        test_track_hits.test_a_head_request_is_a_machine,
    ),
    "DNT is not heeded": (
        hits,
        '(("gpc", "sec-gpc"), ("dnt", "dnt"))',
        '(("gpc", "sec-gpc"),)',
        lambda: test_track_hits.test_who_asks_not_to_be_followed_is_counted_with_the_content_alone(
            "dnt", "dnt", "1", "GET"
        ),
    ),
    "test mails count": (
        hits,
        "None if token.test else ",
        "",
        test_track_hits.test_nothing_of_a_test_mail_is_remembered,
    ),
    "the first link is taken for none": (
        hits,
        "if self.link is not None:",
        "if self.link:",
        test_track_hits.test_the_first_link_is_number_zero,
    ),
    "blocked links lead on": (
        links,
        "if link.blocked:",
        "if False:",
        test_track_links.test_a_blocked_link_leads_nowhere,
    ),
    "a forged token sees personal addresses": (
        links,
        "if not verified:\n        raise",
        "if False:\n        raise",
        test_track_links.test_a_personal_address_is_not_shown_to_a_token_that_could_not_be_verified,
    ),
    "a forged token has sends looked up": (
        links,
        "if not verified:\n        return",
        "if False:\n        return",
        test_track_links.test_for_a_token_that_could_not_be_verified_the_activity_is_not_looked_up,
    ),
    "ended links lead to the home of the letter": (
        links,
        "own or _ending(token, links, now, verified=verified) or",
        "own or",
        test_track_links.test_an_ended_link_leads_to_the_fallback_of_its_activity_and_without_one_to_the_home_of_its_brand,
    ),
    "07 is a number": (
        links,
        "0|[1-9][0-9]{0,3}",
        "[0-9]{1,4}",
        lambda: test_track_links.test_anything_else_names_none("07"),
    ),
    "any text is an address": (
        links,
        "https?://[!-",
        "[!-",
        lambda: test_track_links.test_what_is_no_web_address_is_never_a_destination("javascript:alert(1)"),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_suite_catches(name):
    module, right, wrong, catcher = MUTANTS[name]
    with put_into(module, right, right):
        catcher()

    with put_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        catcher()
