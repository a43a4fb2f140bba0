"""What is found out about a template when it is published, by trying it on customers made up for it."""

import pytest

from shopkeeper.mail import content, facts, plain_text
from shopkeeper.mail.content import Published, Source
from shopkeeper.mail.errors import RenderError, UnpublishableError
from shopkeeper.mail.publishing import publish
from tests.domain.newsletters import shelf

LEAVE = '<a href="{{ unsubscribe_url }}">Unsubscribe</a>'


def published(source, **settings):
    return publish(source, facts.NAMES, tracking_host=shelf.HOST, least=facts.LEAST, **settings)


def warnings(subject="x", html=LEAVE, text=None, street="{{ brand.footer_address }}"):
    return [tuple(warning) for warning in published(Source(subject, html + street, text)).warnings]


def refused(source, **settings):
    with pytest.raises(UnpublishableError) as error:
        published(source, **settings)
    return [tuple(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("subject", "html", "problem"),
    [
        ("  ", LEAVE, ("subject", 1, "the subject is empty")),
        ("{% if traits.x and false %}y{% endif %}", LEAVE, ("subject", 1, "the subject is empty")),
        ("\n{{ 1 | modulo: 0 }}", LEAVE, ("subject", 2, "modulo: cannot be applied to this value")),
        ("x", f"{LEAVE}\n\n{{{{ 5 | divided_by: 0 }}}}", ("html", 3, "divided_by: cannot be applied to this value")),
    ],
)
def test_what_nobody_can_get_is_refused_with_part_and_line(subject, html, problem):
    assert refused(Source(subject, html)) == [problem]


def test_what_is_wrong_with_subject_and_page_is_said_at_once():
    source = Source(" ", f"<!--[if mso]>{LEAVE}<![endif]-->")

    assert [(part, line) for part, line, _ in refused(source)] == [("subject", 1), ("html", 1)]


def test_a_text_that_cannot_be_written_is_refused():
    text = "{{ unsubscribe_url }}\n{{ 5 | divided_by: 0 }}"

    assert refused(Source("x", LEAVE, text)) == [("text", 2, "divided_by: cannot be applied to this value")]


@pytest.mark.parametrize(
    "html",
    [
        "{% if false %}LEAVE{% endif %}",
        "<!--[if mso]>LEAVE<![endif]-->",
        "<div style='display:none'>LEAVE</div>",
        "<ul><li hidden>no<li hidden>LEAVE</ul>",
        '<a href="{{ unsubscribe_url }}"> <b hidden>Unsubscribe</b></a>',
        "<v:rect href='{{ unsubscribe_url }}'>x</v:rect>",
    ],
)
def test_a_link_to_unsubscribe_that_nobody_outside_of_outlook_sees_is_none(html):
    html = f"<p>Hello{html.replace('LEAVE', LEAVE)}"

    assert refused(Source("x", html)) == [("html", 1, "no link to unsubscribe is to be seen")]
    assert not published(Source("x", html), marketing=False).warnings


@pytest.mark.parametrize(
    "html",
    ["<map><area href='{{ unsubscribe_url }}' alt=Leave></map>", "<a href={{ unsubscribe_url }}><img src=cid:x></a>"],
)
def test_a_picture_is_a_link_to_unsubscribe(html):
    assert warnings(html=html) == []


def test_a_letter_that_shows_nothing_is_refused():
    html = "<html><head><title>x</title></head><body><p> </p><!-- x --></body></html>"

    assert refused(Source("x", html), marketing=False) == [("html", 1, "the letter is empty")]


@pytest.mark.parametrize(
    ("subject", "html", "warning"),
    [
        ("{% if traits.x %}y{% endif %}", LEAVE, ("subject", 1, "the subject is empty")),
        ("Hi {{ customer.first_name }}", LEAVE, ("subject", 1, "there is no customer.first_name for this customer")),
        ("x", f"<p>\n{{{{ traits.city }}}}{LEAVE}", ("html", 2, "there is no traits.city for this customer")),
        ("x", f"Hi{{% if traits.x %}}{LEAVE}{{% endif %}}", ("html", 1, "no link to unsubscribe is to be seen")),
    ],
)
def test_what_not_all_can_get_is_worth_a_warning(subject, html, warning):
    part, line, reason = warning

    assert warnings(subject, html) == [
        (part, line, f"customers of whom nothing is known would not be written to: {reason}")
    ]


@pytest.mark.parametrize(
    "subject",
    [
        'Hi {{ customer.first_name | default: "you" }}, {{ customer.email }} at {{ brand.name }}',
        "{% if traits.x %}y{% else %}z{% endif %}",
        "News{% if traits.orders %}{% for order in traits.orders %}, {{ order.name }}{% endfor %}{% endif %}",
    ],
)
def test_what_all_can_get_needs_no_warning(subject):
    assert warnings(subject) == []


@pytest.mark.parametrize(
    "subject",
    [
        '{% if traits.tier == "gold" %}Gold{% endif %}',
        "{% case traits.lang %}{% when 'de' %}Hallo{% when 'fr' %}Salut{% endcase %}",
        "{% if traits.level == 7 %}x{% endif %}",
        "{{ 100 | divided_by: traits.n }}",
        "{{ traits.items[0].name }} {{ traits.items[2] }} {{ traits.a.b }} {{ traits.a }}",
    ],
)
def test_one_who_can_get_it_is_enough(subject):
    [(part, _, message)] = warnings(subject)

    assert (part, message.partition(":")[0]) == (
        "subject",
        "customers of whom nothing is known would not be written to",
    )


def test_what_we_cannot_make_up_is_no_reason_to_refuse():
    found = warnings("{{ traits[customer.name].x }}")

    assert [message.partition(":")[0] for _, _, message in found] == [
        "no customer we made up could be written to",
        "customers of whom nothing is known would not be written to",
    ]


def test_what_a_message_says_is_lacked_by_nobody_but_what_is_known_of_a_customer_may_be():
    source = Source(
        "{{ message.order }}", "{% for line in message.lines %}{{ line.name }}{% endfor %} {{ traits.city }}"
    )
    made = publish(
        source, facts.names("transactional"), tracking_host=shelf.HOST, marketing=False, leaves=False, least=facts.LEAST
    )

    assert [tuple(each) for each in made.warnings] == [
        (
            "html",
            1,
            "customers of whom nothing is known would not be written to: there is no traits.city for this customer",
        )
    ]


def test_many_names_and_deep_ones_are_made_up_in_no_time():
    names = "".join(f"{{{{ traits.a{n} }}}}" for n in range(2000))

    assert len(warnings(html=names + "{{ traits" + ".a" * 3000 + " }}" + LEAVE)) == 2


def test_marketing_without_a_visible_way_to_leave_is_not_sent_to_those_it_is_hidden_from():
    kept = published(Source("x", f"Hi{{% if traits.x %}}{LEAVE}{{% endif %}}"))
    ready = content.load(Published.from_json(kept.to_json()))

    assert shelf.ADDRESSES.unsubscribe in ready.render({"traits": {"x": 1}}, shelf.ADDRESSES).text
    with pytest.raises(RenderError, match="no link to unsubscribe"):
        ready.render({"traits": {}}, shelf.ADDRESSES)


def test_what_was_kept_before_is_sent_as_it_was():
    row = published(Source("x", f"Hi{{% if traits.x %}}{LEAVE}{{% endif %}}")).to_json()
    del row["marketing"]

    assert content.load(Published.from_json(row)).render({"traits": {}}, shelf.ADDRESSES).text == "Hi\n"


STREET = ("html", 1, "no letter shows the postal address, which marketing has to: {{ brand.footer_address }}")


@pytest.mark.parametrize(
    "street",
    [
        "1 High Street",
        "{% if false %}{{ brand.footer_address }}{% endif %}",
        "<div hidden>{{ brand.footer_address }}</div>",
        "<!--[if mso]>{{ brand.footer_address }}<![endif]-->",
        '<img src="cid:x" width=9 title="{{ brand.footer_address }}">',
    ],
)
def test_marketing_that_shows_no_postal_address_is_worth_a_warning(street):
    assert warnings(street=street) == [STREET]
    assert not published(Source("x", LEAVE + street), marketing=False).warnings


@pytest.mark.parametrize(
    "street",
    [
        "{{ brand.footer_address | upcase | newline_to_br }}",
        '{{ brand["footer_address"] }}',
        "{% assign lines = brand.footer_address | split: ',' %}{% for line in lines %}<p>{{ line }}</p>{% endfor %}",
        '{% if traits.land == "de" %}{{ brand.footer_address }}{% endif %}',
        "{% if traits.land %}{% else %}{{ brand.footer_address }}{% endif %}",
        "{% case traits.a %}{% when 3 %}{{ brand.footer_address | escape }}{% endcase %}",
    ],
)
def test_a_postal_address_that_somebody_is_shown_is_enough(street):
    assert warnings(street=street) == []


def test_a_postal_address_that_is_no_fact_is_not_asked_for():
    kept = publish(Source("x", LEAVE), ["traits"], tracking_host=shelf.HOST)

    assert kept.warnings == ()


@pytest.mark.parametrize("title", shelf.titles())
def test_each_newsletter_shows_its_link_to_unsubscribe(title):
    letter = shelf.rendered(shelf.html(title), shelf.FACTS[1])

    assert shelf.ADDRESSES.unsubscribe in plain_text.read(letter.html, {}).followed
