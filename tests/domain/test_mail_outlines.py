"""A page whose words are filled into what was read before says what it says when it is read by itself."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.mail import content, plain_text, quoted
from shopkeeper.mail.content import Addresses, Published

LINKS = ("https://shop.example/a", "https://jo.example/")
TEMPLATE = """<html><head><title>{{ a }}</title></head><body>
<h1>{{ a }} is {{ b }}</h1> <p style="{{ style }}">&{{ a }};<img src="{{ b }}" alt="{{ b }}" width="{{ width }}"></p>
{% for each in many %}<ul><li>{{ each }} and a longer line that is to be wrapped behind {{ a }}</li></ul>
{% endfor %}<a href="{{ __click }}0">{{ a }}</a><a href="{{ __click }}1">https://{{ b }}</a><{{ a }}>
<pre>{{ a }}
 kept {{ b }}</pre>{{ html }}<table><tr><td>{{ a }}{{ b }}<td>{{ b }}</table><!-- {{ a }} -->
<a href="{{ unsubscribe_url }}">{{ b }}</a> {{ unsubscribe_url }}</body></html>
"""
MARKS = TEMPLATE.replace("__click", content.links.CLICK)
LETTERS = content.load(Published("x", MARKS.replace("{{ html }}", "{{ html | newline_to_br }}"), None, LINKS))

_WORDS = "jo jo.example https://jo.example/ amp ; &amp <b> p --> \" ' # 0 1 display:none hidden none".split()
_ODD = ["", " ", "two words", "two  spaces", "a\nb", "a\r\nb", "\u00ad", "Jo\u00a0Lee", "\U000f0001"]
words = st.sampled_from([*_WORDS, *_ODD, "é" * 80, "word " * 20 + "end"])
facts = st.fixed_dictionaries(
    dict.fromkeys(("a", "b", "style", "width", "html"), words) | {"many": st.lists(words, max_size=3)}
)


def ours(n):
    return Addresses(
        f"https://t.example/c/{n}/", f"https://t.example/o/{n}", f"https://t.example/u/{n}", "https://t.example/a/"
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(facts, min_size=1, max_size=3))
def test_a_filled_outline_says_what_the_page_says(people):
    for n, said in enumerate([*people, *people, *people]):
        addresses = ours(n)
        body = LETTERS.body(said, addresses)
        read = plain_text.read(body.html, {f"{addresses.click}{i}": url for i, url in enumerate(LINKS)})

        assert body.text == content._with_leave(read.text, body.html, addresses.unsubscribe)
        assert body.quoted == quoted.printable(body.html)


def test_whoever_differs_in_words_alone_shares_an_outline(monkeypatch):
    letters = content.load(Published("x", "<p>Hi {{ a }}, <a href='{{ unsubscribe_url }}'>leave</a>", None, ()))
    for n in range(2):
        letters.body({"a": f"Jo{n}"}, ours(n))
    monkeypatch.setattr(plain_text, "read", None)

    assert letters.body({"a": "R&D"}, ours(7)).text == "Hi R&D, leave <https://t.example/u/7>\n"


@given(st.lists(st.text("ab =.\n\r\té\u2028", max_size=120), max_size=6), st.sets(st.integers(0, 5)))
def test_pieces_that_were_encoded_before_come_to_the_same_bytes(pieces, standing):
    ready = quoted.prepared(piece for n, piece in enumerate(pieces) if n in standing)

    assert quoted.joined(pieces, ready) == quoted.printable("".join(pieces))


def test_a_fact_that_looks_like_the_mark_of_ready_lines_is_encoded_as_any_other():
    pieces = ["x\ny\nz\n", "\0\n", "x\ny\nz\n"]

    assert quoted.joined(pieces, quoted.prepared(pieces[:1])) == quoted.printable("".join(pieces))


OURS = ("https://t.example/c/" + "aZ_-9" * 14 + "/", "https://t.example/o/" + "b.c" * 20, "https://t.example/u")
lines = st.text("ab =.\n\té", max_size=90) | st.sampled_from(("\n", '<a href="', "\r\n", "\0\n", *OURS, OURS[0]))


@settings(max_examples=100)
@given(st.lists(st.tuples(lines, st.booleans()), max_size=9), lines)
def test_lines_with_our_addresses_come_to_the_same_bytes(parts, other):
    pieces, frame = [piece for piece, _ in parts], tuple(piece if own else None for piece, own in parts)
    sheets = quoted.Sheets(piece for piece, own in parts if own)
    moved = [piece if own else other for piece, own in parts]
    later = tuple(address.replace("t", "s") for address in OURS)
    theirs = [later[OURS.index(piece)] if piece in OURS and not own else piece for piece, own in parts]

    for page, ours in ((pieces, OURS), (theirs, later), (moved, OURS), (pieces, OURS)):
        assert sheets.joined(page, frame, ours) == quoted.printable("".join(page))


def test_a_line_in_which_an_address_alone_changes_is_encoded_once(monkeypatch):
    sheets, frame = quoted.Sheets(["<p>\n<a href='", "0'>\n"]), ("<p>\n<a href='", None, "0'>\n")
    sheets.joined([frame[0], OURS[0], frame[2]], frame, OURS)
    encoded, right = [], quoted.printable
    monkeypatch.setattr(quoted, "printable", lambda text: encoded.append(text) or right(text))
    sheets.joined([frame[0], OURS[0].upper(), frame[2]], frame, (OURS[0].upper(), *OURS[1:]))

    assert not "".join(encoded)
