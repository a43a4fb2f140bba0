"""Only what RFC 8058 says, letter by letter, or a button of ours, is a wish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.consent.forms import Wish, read, wish

FORM = "application/x-www-form-urlencoded"
PARTED = "multipart/form-data; boundary=----b0undary"
ONE_CLICK = b"\r\n".join(
    [
        b"------b0undary",
        b'Content-Disposition: form-data; name="List-Unsubscribe"',
        b"",
        b"One-Click",
        b"------b0undary--",
        b"",
    ]
)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"List-Unsubscribe=One-Click"),
        (f"{FORM}; charset=UTF-8", b"List-Unsubscribe=One-Click"),
        (FORM.upper(), b"a=b&List-Unsubscribe=One-Click"),
        ("", b"List-Unsubscribe=One-Click"),
        (FORM, b"%4cist-Unsubscribe=One%2DClick"),
        (FORM, b"List-Unsubscribe=One-Click\r\n"),
        (FORM, b"\r\n List-Unsubscribe = One-Click+\n&a=b"),
        (PARTED, ONE_CLICK.replace(b"One-Click", b"One-Click \r\n")),
        (PARTED, ONE_CLICK),
        ('Multipart/Form-Data; Boundary="----b0undary"', ONE_CLICK),
        (PARTED, ONE_CLICK.replace(b"\r\n", b"\n")),
        (PARTED, b"preamble\r\n" + ONE_CLICK + b"epilogue"),
        (PARTED, ONE_CLICK.replace(b'"List-Unsubscribe"\r\n', b'"List-Unsubscribe"\r\nContent-Type: text/plain\r\n')),
    ],
)
def test_one_click_is_read_in_both_forms(content_type, body):
    assert wish(content_type, body) is Wish.ONE_CLICK


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b""),
        (FORM, b"List-Unsubscribe"),
        (FORM, b"List-Unsubscribe=one-click"),
        (FORM, b"list-unsubscribe=One-Click"),
        (FORM, b"List-Unsubscribe:One-Click"),
        (FORM, b"confirm=yes&undo=0"),
        (FORM, ONE_CLICK),
        (PARTED, b"List-Unsubscribe=One-Click"),
        ("multipart/form-data", ONE_CLICK),
        ("multipart/form-data; boundary=other", ONE_CLICK),
        (PARTED, ONE_CLICK.replace(b"One-Click", b"One-Clicks")),
        ("application/json", b'{"List-Unsubscribe": "One-Click"}'),
        (FORM, b"&".join(b"a%d=1" % n for n in range(30)) + b"&List-Unsubscribe=One-Click"),
    ],
)
def test_anything_else_is_no_wish(content_type, body):
    assert wish(content_type, body) is None


def test_the_buttons_of_our_page_are_read_and_one_click_goes_first():
    assert wish(FORM, b"confirm=1") is Wish.CONFIRM
    assert wish(FORM, b"undo=1") is Wish.UNDO
    assert wish(FORM, b"undo=1&List-Unsubscribe=One-Click") is Wish.ONE_CLICK


types = st.text(max_size=60) | st.builds("multipart/form-data; boundary={}".format, st.text(max_size=20))
bodies = st.binary(max_size=200) | st.builds(
    lambda value, head: ONE_CLICK.replace(b"One-Click", value).replace(b"form-data; name", head),
    st.binary(max_size=30),
    st.binary(max_size=40),
)


@given(types | st.just(PARTED), bodies)
def test_whatever_is_posted_is_read_without_an_error(content_type, body):
    assert all(isinstance(part, str) for field in read(content_type, body) for part in field)
