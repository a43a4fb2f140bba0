"""From a marketer's template to the bytes of one customer's mail. Nothing here calls AWS.

At publish, once per content version:

    published = content.publish(Source(subject, html, text), names, tracking_host="t.brand.example")
    row = published.to_json()                       what the definition keeps; `published.links` is the link table

For sending, once per content version and process, then once per customer:

    letters = content.load(Published.from_json(row))
    letter = letters.render(facts, Addresses(click, open, unsubscribe))
    raw = mime.compose(letter, Envelope(...))

The way of a template:

    content         publish, load, render; all that is wrong with a template is said at once
    liquid          the restricted language: which tags and filters, its limits, what a template may name
    filters         every filter behind a guard that weighs what goes in
    spans           where Liquid stands in a source; to the HTML scanner it is opaque
    markup          tags, attributes and text of HTML with their offsets
    links           which links are tracked, left or refused; the splicing of our own addresses
    destinations    what a link may lead to
    plain_text      the text part, from the HTML that was rendered
    mime, headers   the letter as bytes that SES takes
    addresses       e-mail addresses that SES takes
"""
