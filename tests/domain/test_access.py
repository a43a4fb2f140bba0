"""Through which door a visitor came."""

import pytest

from shopkeeper.customer import access
from tests.interactions import said

SHOP = "https://www.shop.example/shoes"


def came(url=SHOP, referrer="", context=None, **properties):
    told = {"url": url, "referrer": referrer} | properties
    page = said("anon:a", "m", name="", type="page", properties=told, context=context or {})
    found = access.arrival(page, 1, "m")
    return (found.source, found.host, found.campaign) if found else None


@pytest.mark.parametrize(
    ("referrer", "source", "host"),
    [
        ("", "direct", ""),
        ("https://www.google.com/", "organic", "google.com"),
        ("https://www.google.co.uk/search?q=shoes", "organic", "google.co.uk"),
        ("https://duckduckgo.com/", "organic", "duckduckgo.com"),
        ("https://mail.google.com/mail/u/0/", "e-mail", "mail.google.com"),
        ("https://docs.google.com/document", "referral", "docs.google.com"),
        ("https://blog.example/review", "referral", "blog.example"),
        ("https://notgoogle.example/", "referral", "notgoogle.example"),
        ("https://search.yahoo.com/search", "organic", "search.yahoo.com"),
        ("android-app://com.google.android.gm/", "e-mail", "com.google.android.gm"),
        (
            "android-app://com.google.android.googlequicksearchbox/",
            "organic",
            "com.google.android.googlequicksearchbox",
        ),
        ("android-app://org.example.reader/", "referral", "org.example.reader"),
    ],
)
def test_the_referrer_tells_where_nobody_marked_the_link(referrer, source, host):
    assert came(referrer=referrer) == (source, host, "")


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("?utm_medium=cpc&utm_campaign=Spring", "paid"),
        ("?utm_medium=Email&utm_campaign=Spring", "e-mail"),
        ("?utm_medium=social&utm_campaign=Spring", "referral"),
        ("?utm_medium=organic&utm_campaign=Spring", "organic"),
        ("?utm_medium=skywriting&utm_campaign=Spring", "referral"),
        ("?utm_campaign=Spring", "referral"),
        ("?gclid=x&utm_campaign=Spring", "paid"),
    ],
)
def test_a_mark_on_the_link_says_more_than_the_referrer(query, source):
    assert came(SHOP + query, "https://www.google.com/") == (source, "google.com", "spring")


def test_the_campaign_of_the_context_goes_before_the_address():
    context = {"campaign": {"medium": "email", "name": "May"}}
    assert came(SHOP + "?utm_medium=cpc&utm_campaign=Spring", context=context) == ("e-mail", "", "may")


def test_a_link_of_facebook_is_not_taken_for_paid():
    assert came(SHOP + "?fbclid=x", "https://l.facebook.com/") == ("referral", "l.facebook.com", "")


def test_a_step_within_the_shop_is_no_arrival():
    assert came(referrer="https://shop.example/") is None


def test_the_page_of_the_context_serves_where_properties_are_silent():
    page = said("anon:a", "m", type="page", context={"page": {"url": SHOP, "referrer": "https://bing.com/"}})
    assert access.arrival(page, 1, "m").source == "organic"


@pytest.mark.parametrize("url", ["https://[::1", "not an address", 7, "https://shop.example/?" + "a&" * 500])
def test_what_is_no_address_says_nothing(url):
    assert came(url) == ("direct", "", "")


def test_a_machine_that_looks_at_a_page_is_no_arrival():
    assert came(context={"device_class": "machine"}) is None
    assert came(context={"device_class": "phone"}) == ("direct", "", "")


def test_other_calls_are_no_arrivals():
    assert access.arrival(said("anon:a", "m", properties={"url": SHOP}), 1, "m") is None
