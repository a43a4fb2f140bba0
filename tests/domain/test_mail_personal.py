"""Links whose address holds facts: each customer's own, checked, and never to a host that a fact names."""

import pytest

from shopkeeper.mail import content, personal
from shopkeeper.mail.content import Addresses, Published, Source, load
from shopkeeper.mail.errors import RenderError, UnpublishableError
from shopkeeper.mail.publishing import publish
from shopkeeper.mail.utm import Utm

CLICK = "https://t.brand.example/c/TOKEN/"
OURS = Addresses(
    CLICK, "https://t.brand.example/o/OPEN", "https://t.brand.example/u/LEAVE", "https://t.brand.example/a/"
)
CART = "https://shop.example/cart/{{ traits.cart }}?a=1&amp;copy=2#top"


def published(html):
    return publish(Source("x", html), ["traits"], tracking_host="t.brand.example", marketing=False)


def made(html, utm=content.NO_UTM, **traits):
    return load(Published.from_json(published(html).to_json())).render({"traits": traits}, OURS, utm)


def refused(html):
    with pytest.raises(UnpublishableError) as error:
        published(html)
    return error.value.problems[0].message


def test_two_customers_with_one_number_are_led_to_their_own_addresses():
    html = f'<a href="https://shop.example/">home</a> <a href="{CART}">yours</a>'
    one, two = (made(html, cart=cart) for cart in ("7", "ü&b"))

    assert [letter.html.count(f'href="{CLICK}1"') for letter in (one, two)] == [1, 1]
    assert one.destinations == {1: "https://shop.example/cart/7?a=1&copy=2#top"}
    assert two.destinations == {1: "https://shop.example/cart/%C3%BC&b?a=1&copy=2#top"}
    assert "yours\n<https://shop.example/cart/7?a=1&copy=2#top>" in one.text
    assert published(html).links == ("https://shop.example/", "https://shop.example/")


def test_letters_without_such_links_have_no_destinations():
    assert made('<a href="https://shop.example/">x</a>').destinations == {}


def test_utm_parameters_are_appended_to_them_too():
    assert made(f"<a href='{CART}'>x</a>", Utm(source="mail"), cart="7").destinations == {
        0: "https://shop.example/cart/7?a=1&copy=2&utm_source=mail#top"
    }


@pytest.mark.parametrize(
    "href",
    [
        "{{ traits.url }}",
        "{{ traits.scheme }}://shop.example/",
        "https://{{ traits.host }}/",
        "https://shop.example{{ traits.rest }}",
        "https://shop.{{ traits.tld }}/",
        "{% if traits.x %}https://shop.example/{% endif %}",
        "//shop.example/{{ traits.x }}",
        "javascript:{{ traits.x }}",
    ],
)
def test_facts_cannot_say_where_a_link_leads(href):
    assert "write out https://" in refused(f'<a href="{href}">x</a>')


@pytest.mark.parametrize(
    ("href", "why"),
    [
        ("https://jo@shop.example/{{ traits.x }}", "user name"),
        ("https://127.0.0.1/{{ traits.x }}", "IP"),
        ("https://shop.example/a b/{{ traits.x }}", "white space"),
        ("https://t.brand.example/c/{{ traits.x }}", "ourselves"),
    ],
)
def test_what_is_written_out_is_checked_when_the_template_is_put(href, why):
    assert why in refused(f'<a href="{href}">x</a>')


@pytest.mark.parametrize("cart", ["a b", "a\\b", "x" * 2100, "a\nb", "\x00"])
def test_what_comes_out_is_checked_for_each_customer(cart):
    with pytest.raises(RenderError) as error:
        made(f'<a href="https://shop.example/">x</a><a href="{CART}">x</a>', cart=cart)

    assert error.value.short == "link 1"
    assert cart not in str(error.value)


def test_a_fact_cannot_leave_its_address():
    letter = made(f'<a href="{CART}">x</a>', cart=f'")(<a href=x>){CLICK[:-6]}0"'.replace(" ", "+"))

    assert letter.html.count("<a ") == 1
    assert letter.destinations[0].startswith("https://shop.example/cart/%22)(%3Ca+href=x%3E)")


def test_a_page_that_was_captured_and_changed_leads_to_no_other_host_and_is_never_sent_in_part():
    captured = '{% capture a %}<a href="https://shop.example/{{ traits.x }}">x</a>{% endcapture %}'

    assert made(captured + "{{ a }}{{ a }}", x="1").html.count(f'"{CLICK}0"') == 2
    assert "link 0" in refused(captured + '{{ a | replace: "https://shop.example", traits.x }}x')
    for page, why in ((f"{CLICK}0(https://evil.example/){CLICK}", "host"), (f"{CLICK}0(https://sho", "cut")):
        with pytest.raises(RenderError, match=why):
            personal.settle(page, CLICK, {"shop.example"}, content.NO_UTM)


def test_in_a_loop_and_where_nothing_is_counted_the_address_itself_stands_in_the_letter():
    loop = '{% for item in traits.cart %}<a href="https://shop.example/{{ item }}?b&copy=1">x</a>{% endfor %}'
    letter = made(loop, cart=["1", "2"])

    assert 'href="https://shop.example/2?b&amp;copy=1"' in letter.html
    assert letter.destinations == {}
    assert "not counted in a loop" in published(loop).warnings[0].message
    assert (
        "https://shop.example/7"
        in made('<a data-track="off" href="https://shop.example/{{ traits.x }}">x</a>', x=7).html
    )
    assert "?token=7" in made('<a href="https://shop.example/?token={{ traits.x }}">x</a>', x=7).html
    with pytest.raises(RenderError, match="not counted"):
        made(loop, cart=["a b"])


def test_the_addresses_of_one_letter_have_room_on_its_row():
    links = "".join(f'<a href="https://shop.example/{n}/{{{{ traits.x }}}}">x</a>' for n in range(20))

    with pytest.raises(RenderError, match="too long"):
        made(links, x="x" * 1000)
