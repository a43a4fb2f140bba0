import pytest

from shopkeeper.customer.collect.contexts import Edge, device_class, edge_from, kept

EDGE = Edge("DE", "Europe/Berlin", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148")
SAID = {
    "ip": "203.0.113.9",
    "userAgent": "Mozilla/5.0 (X11; Linux)",
    "userAgentData": {"mobile": False},
    "locale": "de-DE",
}


def test_neither_address_nor_make_of_the_browser_is_kept():
    context = kept(SAID, EDGE, trusted=False, ours=False)
    assert context == {"locale": "de-DE", "country": "DE", "zone": "Europe/Berlin", "device_class": "desktop"}


def test_the_edge_of_a_server_is_not_where_the_customer_is():
    context = kept({"country": "AT"}, EDGE, trusted=True, ours=False)
    assert context == {"country": "AT"}


def test_a_web_page_cannot_say_where_it_is_when_the_edge_knows():
    assert kept({"country": "AT"}, EDGE, trusted=False, ours=False)["country"] == "DE"


def test_what_a_web_page_says_of_consent_or_traits_goes_no_further():
    said = {"consent": {"mail": True}, "traits": {"email": "jo@example.com"}}
    assert kept(said, Edge(), trusted=False, ours=False) == {}
    assert kept(said, Edge(), trusted=True, ours=False) == said


def test_only_we_can_mark_an_instant_as_ours():
    assert kept({"clock": "ours"}, Edge(), trusted=True, ours=False) == {}
    assert kept({}, Edge(), trusted=True, ours=True) == {"clock": "ours"}


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0", "desktop"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 13; SM-X700) Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X)", "tablet"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", "machine"),
        ("analytics-python/2.4.0", ""),
        ("", ""),
    ],
)
def test_devices_are_told_apart_roughly(user_agent, device):
    assert device_class(user_agent) == device


def test_headers_without_the_right_form_are_left_out():
    headers = {"cloudfront-viewer-country": "Germany", "cloudfront-viewer-time-zone": "<script>", "user-agent": "x"}
    assert edge_from(headers) == Edge("", "", "x")
    headers = {"cloudfront-viewer-country": "DE", "cloudfront-viewer-time-zone": "America/Argentina/Buenos_Aires"}
    assert edge_from(headers) == Edge("DE", "America/Argentina/Buenos_Aires")
