"""Assets stand in letters by their names: with the address of each brand, and in words for who does not see them."""

import pytest

from shopkeeper.mail.content import Addresses, Source, load
from shopkeeper.mail.errors import UnpublishableError
from shopkeeper.mail.publishing import check_shared, publish
from shopkeeper.mail.shelf import Asset, Block, Shared, Shelf, Variant

FILE = "ab12.png"
OURS = Addresses("https://t.x/c/", "https://t.x/o", "https://t.x/u", "https://t.x/a/")
LOGO = {"logo": Asset("logo", 1, 'The "shop" {{ x }}', FILE)}
TAG = '{% asset "logo" %}'
WORDS = 'alt="The &quot;shop&quot; &#123;&#123; x }}"'


def published(html, text=None, shelf=None, mjml=False):
    source = Source("News", html, text, mjml=mjml)
    shelf = shelf or Shelf(assets=LOGO)
    return publish(source, ["name"], tracking_host="t.x", marketing=False, shelf=shelf)


def written(html, **settings):
    return load(published(html, **settings)).render({"name": "<Jo>"}, OURS).html


def refused(work):
    with pytest.raises(UnpublishableError) as error:
        work()
    return [tuple(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("html", "gives"),
    [
        (f'<img src="{TAG}">', f'<img {WORDS} src="https://t.x/a/{FILE}">'),
        (f"<IMG src='{TAG}' alt='Hi {{{{ name }}}}'>", f"<IMG src='https://t.x/a/{FILE}' alt='Hi &lt;Jo&gt;'>"),
        (f'<img alt="" src="{TAG}">', f'<img alt="" src="https://t.x/a/{FILE}">'),
        (f"<i style=\"background:url('{TAG}')\">x</i>", f"<i style=\"background:url('https://t.x/a/{FILE}')\">x</i>"),
        ("<b> {%- asset 'logo' -%} </b>", f"<b>https://t.x/a/{FILE}</b>"),
        ('<img src="https://shop.example/x.png">', '<img src="https://shop.example/x.png">'),
        ("x{% comment %}{% asset nope %}{% endcomment %}", "x"),
    ],
)
def test_the_address_of_a_picture_stands_where_it_is_named(html, gives):
    assert written(html).endswith(gives)


def test_a_text_can_name_one_as_well():
    kept = published("x", f"See {TAG}")

    assert load(kept).render({}, OURS).text.strip() == f"See https://t.x/a/{FILE}"


def test_it_stands_in_layouts_snippets_and_mjml_all_the_same():
    snippet = Shared("snippet", "top", 1, f'<mj-image src="{TAG}"/>')
    frame = Shared("layout", "shop", 1, "<mjml><mj-body>{{ content }}</mj-body></mjml>", mjml=True)
    shelf = Shelf(frame, {"top": snippet}, assets=LOGO)
    section = '<mj-section><mj-column>{% snippet "top" %}</mj-column></mj-section>'
    html = written(section, shelf=shelf, mjml=True)

    assert f'src="https://t.x/a/{FILE}"' in html
    assert f"<img {WORDS}" in html


def test_it_stands_in_the_variants_of_a_block():
    variant = Shared("variant gold of block", "hero", 1, f'<img src="{TAG}">')
    block = Block(Shared("block", "hero", 1, "plain"), (Variant("gold", "{}", variant),))
    shelf = Shelf(blocks={"hero": block}, assets=LOGO)

    assert f'<img {WORDS} src="{{{{ shopkeeper_assets }}}}{FILE}">' in published('{% block "hero" %}', shelf=shelf).html


@pytest.mark.parametrize(
    ("html", "line", "said"),
    [
        ('\n{% asset "gone" %}', 2, "there is no asset gone"),
        ("\n{% asset logo %}", 2, "an asset is named in quotes"),
        (f"\n<img src={TAG}>", 2, "must stand in quotes"),
        (f'<a href="{TAG}">x</a>', 1, "facts cannot say where a link leads"),
        ("{{ shopkeeper_assets }}", 1, "there is no fact named shopkeeper_assets"),
        (f'{TAG}\n<a href="/x">{TAG}\n', 2, "only full https://"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(html, line, said):
    found = refused(lambda: published(html))

    assert (found[0][:2], said in found[0][2]) == (("html", line), True), found


def test_a_part_that_names_what_is_not_there_is_refused():
    snippet = Shared("snippet", "top", 1, f"\n{TAG}")

    check_shared(snippet, [], tracking_host="t.x", shelf=Shelf(assets=LOGO))
    assert refused(lambda: check_shared(snippet, [], tracking_host="t.x")) == [("html", 2, "there is no asset logo")]
    assert refused(lambda: published('{% snippet "top" %}', shelf=Shelf(None, {"top": snippet}))) == [
        ("html", 2, "in snippet top: there is no asset logo")
    ]


def test_so_many_different_ones_are_too_many():
    many = {str(n): Asset(str(n), 1, "x", FILE) for n in range(101)}

    assert refused(lambda: published("x", shelf=Shelf(assets=many)))[0][2] == "more than 100 different assets"
