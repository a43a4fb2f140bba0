"""A newsletter of 60 KB as shops send them, and customers to send it to. Jinja and Liquid read its source alike.

24 facts and a choice stand outside the loop, six products in it; 40 links that are counted, one to unsubscribe.
"""

from shopkeeper.mail.content import Source

FIELDS = tuple(f"field_{n}" for n in range(18))
LINKS = 40
UNSUBSCRIBE = "{{ unsubscribe_url }}"
_CELL = "font-family:Helvetica,Arial,sans-serif;font-size:15px;line-height:22px;color:#333333;padding:12px 24px"
_WORDS = "The first strawberries are in, and with them the café opens its tables on the square again. "


def _paragraph(n: int) -> str:
    return f"""    <tr>
      <td class="cell cell-{n}" style="{_CELL}" valign="top">
        <h2 style="margin:0 0 8px 0">News number {n}</h2>
        <p style="margin:0 0 12px 0">{_WORDS * 5}</p>
        <p style="margin:0 0 12px 0">Chosen for {_fact(n)} by the shop.</p>
        {_button(n)}
      </td>
    </tr>
"""


def _fact(n: int) -> str:
    return f"{{{{ traits.{FIELDS[n]} }}}}" if n < len(FIELDS) else "all of you"


def _button(n: int) -> str:
    if n >= LINKS - 1:
        return ""
    return f'<a href="https://shop.example/news/{n}?from=letter&amp;place={n}" style="color:#0b57d0">Read on: {n}</a>'


_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>News of {{ brand.name }}</title>
<style type="text/css">
  body { margin: 0; padding: 0 } @media (max-width: 600px) { .cell { padding: 8px !important } }
</style></head>
<body bgcolor="#f4f4f4">
<!--[if mso]><table width="600"><tr><td><![endif]-->
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" align="center">
    <tr><td><p>Good morning, {{ customer.first_name }} {{ customer.last_name }}!</p>
    {% if traits.is_member %}<p>As a member you have {{ traits.points }} points.</p>
    {% else %}<p>Become a member: your first letter brings ten points.</p>
    {% endif %}</td></tr>
"""
_PRODUCTS = """    {% for product in traits.products %}
    <tr>
      <td width="120"><img src="{{ product.image }}" width="96" height="96" alt="{{ product.title }}"></td>
      <td><b>{{ product.title }}</b><br>{{ product.colour }}, {{ product.price }}<br>
        <a href="https://shop.example/offers?of=today">See all offers of today</a></td>
    </tr>
    {% endfor %}
"""
_FOOT = """    <tr><td><p>{{ brand.name }}, {{ brand.footer_address }}</p>
    <p>You get this as {{ customer.email }}. <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</body></html>
"""
_TEXT = """Good morning, {{ customer.first_name }}!

{% for product in traits.products %}* {{ product.title }}, {{ product.price }}
{% endfor %}
Read on: https://shop.example/news

{{ unsubscribe_url }}
"""
SOURCE = Source(
    "{{ customer.first_name }}, the first strawberries are in",
    _HEAD + "".join(map(_paragraph, range(54))) + _PRODUCTS + _FOOT,
    _TEXT,
)
BRAND = {
    "name": "The Shop",
    "sender": {"email": "news@shop.example", "name": "The Shop"},
    "reply_to": "hello@shop.example",
    "footer_address": "1 High Street, Ely",
    "tracking_url": "https://t.shop.example",
}
SAID_OF_BRAND = {name: BRAND[name] for name in ("name", "footer_address")}


def customer(n: int) -> dict:
    """What is known of the n-th; every other one is a member."""
    product = "https://cdn.shop.example/pictures/{}-{}.jpg"
    products = [
        {
            "title": f"Basket {n}-{of}",
            "image": product.format(n, of),
            "colour": "red & white",
            "price": f"{10 + of}.{n % 90 + 10} €",
        }
        for of in range(6)
    ]
    traits = {field: f"{field} of {n}" for field in FIELDS}
    traits |= {"is_member": n % 2 == 0, "points": 100 + n, "products": products}
    said = {"first_name": f"Jo{n}", "last_name": "O'Neill", "email": f"jo{n}@mail.example"}
    return {"customer": said, "traits": traits}
