import pytest

from shopkeeper.customer import origins
from shopkeeper.customer.origins import NotAnOrigin


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://shop.example", "https://shop.example"),
        ("HTTPS://Shop.Example:443/", "https://shop.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://*.shop.example:8443", "https://*.shop.example:8443"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(said, kept):
    assert origins.normal(said) == kept


NONE = "* null shop.example ftp://shop.example https:// https://* https://a..b https://-a.b https://a/b https://jo@a.b"


@pytest.mark.parametrize("said", ["", *NONE.split(), "https://b\u00fccher.example", "https://a" + ".a" * 200])
def test_what_no_browser_sends_as_origin_is_none(said):
    with pytest.raises(NotAnOrigin):
        origins.normal(said)


@pytest.mark.parametrize(
    ("allowed", "origin", "covered"),
    [
        ("https://shop.example", "https://shop.example", True),
        ("https://shop.example", "http://shop.example", False),
        ("https://shop.example", "https://shop.example:8443", False),
        ("https://shop.example", "", False),
        ("https://shop.example", "null", False),
        ("https://*.shop.example", "https://www.shop.example", True),
        ("https://*.shop.example", "https://a.b.shop.example", True),
        ("https://*.shop.example", "https://shop.example", False),
        ("https://*.shop.example", "https://.shop.example", False),
        ("https://*.shop.example", "https://evilshop.example", False),
        ("https://*.shop.example", "https://shop.example.evil.example", False),
        ("https://*.shop.example", "http://www.shop.example", False),
    ],
)
def test_an_allowed_origin_covers_itself_or_the_names_below_it(allowed, origin, covered):
    assert origins.covers(allowed, origin) is covered
