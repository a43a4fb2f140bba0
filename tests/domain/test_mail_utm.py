import pytest

from shopkeeper.campaign import terms
from shopkeeper.mail import destinations, utm
from shopkeeper.mail.utm import Utm

SHOP = Utm(source="mail", medium="e&m ü", campaign="spring", not_on=("bank.example",))
PAIRS = "utm_source=mail&utm_medium=e%26m%20%C3%BC&utm_campaign=spring"


@pytest.mark.parametrize(
    ("url", "tagged"),
    [
        ("https://shop.example", f"https://shop.example?{PAIRS}"),
        ("https://shop.example/?", f"https://shop.example/?{PAIRS}"),
        ("https://shop.example/a?b=1&a=&c=%20+", f"https://shop.example/a?b=1&a=&c=%20+&{PAIRS}"),
        ("https://shop.example/a#top?x", f"https://shop.example/a?{PAIRS}#top?x"),
        ("https://shop.example/a?b&#c", f"https://shop.example/a?b&{PAIRS}#c"),
        ("https://notbank.example/", f"https://notbank.example/?{PAIRS}"),
        ("https://shop.example/#utm_source=x", f"https://shop.example/?{PAIRS}#utm_source=x"),
    ],
)
def test_parameters_stand_behind_the_query_and_before_the_fragment_and_all_else_stays_byte_for_byte(url, tagged):
    assert SHOP.appended(url) == tagged
    assert destinations.check(tagged) == tagged


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/?a=1&UTM_Content=x",
        "https://shop.example/?utm_source=",
        "https://bank.example/",
        "http://pay.bank.example:80/x",
        f"https://shop.example/{'x' * 2000}",
    ],
)
def test_links_with_parameters_of_their_own_to_excluded_hosts_or_too_long_stay_as_they_are(url):
    assert SHOP.appended(url) == url
    assert utm.NONE.appended(url) == url


def test_a_campaign_says_more_than_its_brand_and_is_named_by_its_id():
    brand = {"utm": {"source": "mail", "medium": "email", "not_on": ["bank.example"]}}

    assert terms.at_the_door({}, {}, "spring").utm == utm.NONE
    assert terms.at_the_door({}, brand, "spring").utm == Utm(
        source="mail", medium="email", campaign="spring", not_on=("bank.example",)
    )
    assert terms.at_the_door({"utm": {"medium": "news", "campaign": "x"}}, brand, "spring").utm.medium == "news"


def test_other_parameters_are_another_content_version():
    refs = {each.content_ref("c0ffee00c0ffee00") for each in (utm.NONE, SHOP, Utm(source="mail"))}

    assert len(refs) == 3
    assert {len(bytes.fromhex(ref)) for ref in refs} == {8}
    assert "c0ffee00c0ffee00" in refs
