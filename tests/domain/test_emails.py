"""One address is one identity, one recipient and one suppression, however it is written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import emails, hosts, identity
from shopkeeper.customer.emails import normal_email
from shopkeeper.mail import addresses, destinations, facts
from shopkeeper.mail.errors import MalformedError
from tests.mutants import put_into

# The sharp s, the final sigma and the joiners are read in one way by older programs, in another by mail and browsers.
WRITTEN = [
    (" Jo@Shop.EXAMPLE ", "jo@shop.example"),
    ("Jo.Ng+News@shop.example", "jo.ng+news@shop.example"),
    ("jo@straße.example", "jo@xn--strae-oqa.example"),
    ("jo@STRAẞE.example", "jo@xn--strae-oqa.example"),
    ("jo@strasse.example", "jo@strasse.example"),
    ("jo@βόλος.example", "jo@xn--nxasmm1c.example"),
    ("jo@bu\u0308cher.example", "jo@xn--bcher-kva.example"),
    ("jo@XN--bcher-KVA.example", "jo@xn--bcher-kva.example"),
    ("jo@shop\u3002example", "jo@shop.example"),
    ("JÖ@shop.example", "jö@shop.example"),
    ("jo\u0308@shop.example", "jö@shop.example"),
    ("jo@shop.example.", "jo@shop.example"),
]
# Letters that are read in more than one way, or change with their case or with what stands beside them.
ODD = "a1_-\xdf\u017f\u1e9e\u03c2\u03c3\u03a3\xfc\xdc\u0130\u200d\u0308"
letters = st.text(st.characters(codec="utf-8"), max_size=8)
domains = st.lists(st.text(ODD, min_size=1, max_size=6), min_size=2, max_size=3).map(".".join)
written = st.emails() | st.tuples(letters | st.just("Jo"), domains).map("@".join)


@pytest.mark.parametrize(("text", "normal"), WRITTEN)
def test_an_address_has_one_form(text, normal):
    assert normal_email(text) == normal
    assert identity.identity_of(f"email:{text}") == f"email:{normal}"
    assert facts.normal_address(text) == normal


@pytest.mark.parametrize(("text", "normal"), WRITTEN)
def test_mail_and_links_go_to_the_same_host(text, normal):
    domain = normal.partition("@")[2]

    assert destinations.check(f"https://{text.strip().partition('@')[2]}/x") == f"https://{domain}/x"


@pytest.mark.parametrize(
    "text",
    [
        "jo@shop",
        "jo@shop..example",
        "jo@127.0.0.1",
        "jo@[127.0.0.1]",
        "jo@☃.example",
        "jo@a\u200db.example",
        "jo@-x.example",
    ],
)
def test_what_no_mail_could_reach_is_no_address(text):
    with pytest.raises(ValueError, match="its domain is not valid"):
        normal_email(text)
    assert identity.identity_of(f"email:{text}") == f"email:{text}"


@given(written)
def test_what_is_sent_to_is_whom_we_know(text):
    """SES reports about the recipient that it was given: that leads back to the identity, and to the suppression."""
    try:
        recipient = addresses.check(text)
    except MalformedError:
        return

    assert normal_email(recipient) == normal_email(text)
    assert recipient.lower() == normal_email(text)


@given(written, st.sampled_from(["NFC", "NFD"]))
def test_a_normal_form_is_its_own_and_that_of_all_ways_to_write_it(text, form):
    try:
        normal = normal_email(text)
    except ValueError:
        return

    assert normal_email(normal) == normal
    assert normal_email(f"\t{unicodedata.normalize(form, text)} ") == normal


@pytest.mark.parametrize(
    ("module", "right", "wrong", "text"),
    [
        (hosts, "idna.encode(host, uts46=True)", 'host.encode("idna")', "jo@straße.example"),
        (hosts, "host.lower()", "host", "jo@XN--bcher-KVA.example"),
        (emails, 'unicodedata.normalize("NFC", local.lower())', "local.lower()", "jo\u0308@shop.example"),
        (emails, "local.lower()", "local", "JÖ@shop.example"),
    ],
)
def test_another_reading_is_noticed(module, right, wrong, text):
    with put_into(module, right, wrong), pytest.raises((AssertionError, ValueError)):
        assert emails.normal_email(text) == dict(WRITTEN)[text]
