import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import addresses
from shopkeeper.mail.errors import MalformedError


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("jo@shop.example", "jo@shop.example"),
        (" Jo.Smith+news@SHOP.Example ", "Jo.Smith+news@shop.example"),
        ("o'brien_{x}@a-b.co.uk", "o'brien_{x}@a-b.co.uk"),
        ("jo@bücher.example", "jo@xn--bcher-kva.example"),
        ("jo@straße.example", "jo@xn--strae-oqa.example"),
        ("1@2.example", "1@2.example"),
    ],
)
def test_an_address_is_kept_as_ses_takes_it(written, kept):
    assert addresses.check(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "jo",
        "@shop.example",
        "jo@",
        "jo@shop",
        "jo@@shop.example",
        "jo@a@shop.example",
        "jö@shop.example",
        "jo smith@shop.example",
        '"jo smith"@shop.example',
        "jo..smith@shop.example",
        ".jo@shop.example",
        "jo.@shop.example",
        "jo@shop..example",
        "jo@shop.example.",
        "jo@-shop.example",
        "jo@sh_op.example",
        "jo@[127.0.0.1]",
        "jo@127.0.0.1",
        "Jo <jo@shop.example>",
        "jo@shop.example,al@shop.example",
        "jo@shop.example\r\nBcc: al@shop.example",
        "jo\n@shop.example",
        "jo@shop.exam ple",
        "a" * 65 + "@shop.example",
        "jo@" + "a" * 64 + ".example",
        "jo@" + "a.." * 90 + "example",
        "jo@" + "a." * 130 + "example",
        "jo@☃🌷.example",
    ],
)
def test_what_ses_would_refuse_never_reaches_it(written):
    with pytest.raises(MalformedError):
        addresses.check(written)


def test_the_reason_says_what_is_wrong_and_does_not_repeat_the_address():
    with pytest.raises(MalformedError) as refused:
        addresses.check("jürgen@shop.example")

    assert refused.value.reason == "the part before the @ holds a letter that is not ASCII"


@given(st.emails() | st.text(max_size=40))
def test_what_passes_is_printable_ascii_and_passes_again(text):
    try:
        kept = addresses.check(text)
    except MalformedError:
        return
    assert kept.isascii()
    assert kept.isprintable()
    assert len(kept) <= 254
    assert not set(' <>,;"\\()') & set(kept)
    assert addresses.check(kept) == kept
