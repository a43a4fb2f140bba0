"""Whole newsletters, as people and their editors write them, go through publishing and rendering."""

import pytest

from tests.domain.newsletters import shelf

CASES = [(title, line_end, n) for title in shelf.titles() for line_end in ("\n", "\r\n") for n in (0, 1)]


@pytest.fixture(
    params=CASES, ids=lambda case: f"{case[0]}-{'crlf' if case[1] == chr(13) + chr(10) else 'lf'}-{case[2]}"
)
def newsletter(request):
    title, line_end, n = request.param
    return title, shelf.html(title, line_end), shelf.FACTS[n]


def test_the_link_table_holds_each_destination_in_the_order_of_the_document(newsletter):
    title, source, _ = newsletter

    assert list(shelf.published(source).links) == shelf.destinations(title)


def test_but_for_tracked_addresses_and_the_pixel_every_character_stays(newsletter):
    _, source, facts = newsletter
    page = shelf.rendered(source, facts).html

    assert page.count(shelf.PIXEL) == 1
    assert shelf.line_ends(page) == shelf.line_ends(source)
    assert shelf.with_tracked_hrefs_blanked(shelf.TRACKED.sub("https://x", page.replace(shelf.PIXEL, ""))) == (
        shelf.with_tracked_hrefs_blanked(shelf.as_written(source, facts))
    )


def test_an_independent_reader_finds_our_addresses_and_no_other_destination(newsletter):
    title, source, facts = newsletter
    found = shelf.hrefs(shelf.rendered(source, facts).html)
    numbers = {
        int(href.removeprefix(shelf.ADDRESSES.click))
        for href in found
        if href and href.startswith(shelf.ADDRESSES.click)
    }

    assert numbers <= set(range(len(shelf.destinations(title))))
    assert shelf.ADDRESSES.unsubscribe in found
    assert not {href for href in found if href and "evil" in href}
    assert not {href for href in found if href in shelf.destinations(title)}


@pytest.mark.parametrize("title", ["forty", "outlook", "sloppy", "world"])
def test_each_link_of_a_newsletter_without_branches_is_in_the_page_once(title):
    found = shelf.hrefs(shelf.rendered(shelf.html(title), shelf.FACTS[0]).html)

    assert [href for href in found if href and href.startswith(shelf.ADDRESSES.click)] == [
        f"{shelf.ADDRESSES.click}{n}" for n in range(len(shelf.destinations(title)))
    ]


def test_the_page_holds_no_mark_of_ours_and_no_liquid_that_was_not_meant_to_stay(newsletter):
    _, source, facts = newsletter
    page = shelf.rendered(source, facts).html

    assert "shopkeeper_" not in page
    assert "{%" not in page


def test_facts_choose_among_links_but_never_make_one():
    vip, other = (shelf.rendered(shelf.html("liquid"), facts) for facts in shelf.FACTS)

    assert "https://t.brand.example/c/TOKEN/0" in vip.html
    assert "https://t.brand.example/c/TOKEN/0" not in other.html
    assert "https://t.brand.example/c/TOKEN/1" in other.html
    assert vip.link_count == other.link_count == 8
