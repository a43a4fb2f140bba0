"""What works in a page and not in a mail: it is kept, with a warning that names its line."""

import pytest

from shopkeeper.mail import links, liquid


def warned(source):
    liquid.parse(source, liquid.HTML)
    return [(warning.line, warning.message) for warning in links.mark(source, "t.brand.example").warnings]


@pytest.mark.parametrize("href", ["", " ", "#"])
def test_a_link_that_leads_nowhere_is_worth_a_warning(href):
    assert warned(f"<p>\n<a href='{href}'>x</a>") == [(2, f'the link leads nowhere: href="{href.strip()}"')]


def test_anchors_and_places_in_the_letter_are_fine():
    assert warned("<a name=top>x</a><a href='#top'>y</a><a>z</a>") == []


def test_a_script_is_worth_a_warning_and_structured_data_is_not():
    assert warned("\n<SCRIPT src='https://x.example/a.js'></SCRIPT>") == [
        (2, "mail programs drop <script> and what it holds")
    ]
    assert warned("<script type='application/ld+json'>{}</script>") == []


@pytest.mark.parametrize("src", ["/logo.png", "img/logo.png", "//cdn.example/a.png", "", "/a/{{ b }}.png"])
def test_a_picture_without_a_full_address_is_worth_a_warning(src):
    assert warned(f"\n<img alt='' src=\"{src}\">") == [
        (2, f"a mail shows no picture without a full https:// address: {src}")
    ]


@pytest.mark.parametrize("src", ["https://x.example/a.png", "HTTP://x.example/", "cid:a", "data:x", "{{ a }}/b"])
def test_a_picture_with_a_full_address_is_fine(src):
    assert warned(f'<img src="{src}"><img>') == []


def test_a_hundred_warnings_are_enough():
    assert len(warned("<img src=x>" * 200)) == links.MOST_WARNINGS
