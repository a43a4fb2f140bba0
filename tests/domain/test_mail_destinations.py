import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import destinations
from shopkeeper.mail.errors import DestinationError
from shopkeeper.track.links import _DESTINATION as FOLLOWED


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://shop.example", "https://shop.example"),
        (" https://shop.example/a\n", "https://shop.example/a"),
        ("HTTPS://Shop.Example:443/A?B=C#D", "https://shop.example/A?B=C#D"),
        ("https://shop.example:80/a", "https://shop.example:80/a"),
        ("http://shop.example:80/a", "http://shop.example/a"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://shop.example/?a=%20+b&&c=&a=", "https://shop.example/?a=%20+b&&c=&a="),
        ("https://shop.example/50%-off/%zz/%e4", "https://shop.example/50%25-off/%25zz/%e4"),
        ("https://shop.example/<a>\"b'^`", "https://shop.example/%3Ca%3E%22b'%5E%60"),
        ("https://shop.example#a#b", "https://shop.example#a%23b"),
        ("https://shop.example?next=https://x@y.example/", "https://shop.example?next=https://x@y.example/"),
    ],
)
def test_an_address_is_kept_in_one_ascii_spelling_and_nothing_in_it_is_lost(written, kept):
    assert destinations.check(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "/relative",
        "//shop.example/a",
        "www.shop.example",
        "shop.example",
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "intent://x#Intent;end",
        "ftp://shop.example/",
        "https:shop.example",
        "https:/shop.example",
        "https://",
        "https:///path",
        "https://user@shop.example/",
        "https://shop.example@evil.example/",
        "https://good.example\\@evil.example/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://shop.example:8080/",
        "https://shop.example:x/",
        "https://localhost/",
        "https://shop..example/",
        "https://-shop.example/",
        "https://shop.example%2eevil.example/",
        "https://shop.example/a b",
        "https://shop.example/a\r\nLocation: x",
        "https://shop.example/\u0085",
        "https://shop.example/\ud800",
        "https://shop.example/" + "a" * 2048,
        "https://shop.example/" + "ü" * 500,
    ],
)
def test_what_a_browser_could_read_as_another_place_is_refused(written):
    with pytest.raises(DestinationError):
        destinations.check(written)


@given(st.text(max_size=60))
def test_whatever_is_let_through_is_what_a_click_can_be_sent_to(rest):
    try:
        url = destinations.check(f"https://shop.example/{rest}")
    except DestinationError:
        return
    assert FOLLOWED.fullmatch(url)
    assert destinations.check(url) == url
    assert destinations.host_of(url) == "shop.example"


@given(st.text(max_size=30))
def test_only_a_host_name_can_stand_where_the_host_is(host):
    try:
        url = destinations.check(f"https://{host}/")
    except DestinationError:
        return
    assert destinations.check(url) == url
