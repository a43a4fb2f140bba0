"""From a marketer's template to the bytes of one customer's mail. Nothing here calls AWS.

At publish, once per content version:

    published = publishing.publish(Source(subject, html, text), names, tracking_host="t.brand.example")
    row = published.to_json()                       kept with the template's version; row["links"] is the link table
                                                    UnpublishableError.problems: part, line and message of each

For sending, once per content version and process, then once per customer:

    ready = content.load(Published.from_json(row))
    letter = ready.render(facts, Addresses(click, open, unsubscribe))       RenderError: the reason, without any fact
    raw = mime.compose(letter, Envelope(...))                               MalformedError: no mail can go there

`names` are what a template may name, `facts` a mapping that holds them: with `["customer.first_name", "traits"]` it is
`{"customer": {"first_name": "Jo"}, "traits": {...}}`. A name without a value is left out of the facts: then a template
can ask for it (`if`) and replace it (`default`), and writing it is a RenderError. `None` would be written as nothing.

The way of a template:

    publishing      all that is wrong with a template is said at once; what is left is kept
    layouts         a template put together with its layout and its snippets, before anything else reads it
    content         what was published, ready to be rendered
    analysis        what a template says that will not work
    liquid          the restricted language: its tags, its limits, and rendering
    nodes           the pieces of a parsed template; texts are looked up straight
    filters         its filters, each behind a guard that weighs what goes in
    spans           where Liquid stands in a source; to the HTML scanner it is opaque
    markup          tags, attributes and text of HTML with their offsets
    links           which links are tracked, left or refused; the splicing of our own addresses
    destinations    what a link may lead to
    plain_text      the text part, from the HTML that was rendered; `lines` wraps it
    outlines        what pages of one template have in common is read once, and the words filled in
    quoted          quoted-printable; lines that stand in a template are encoded once
    mime, headers   the letter as bytes that SES takes
    addresses       e-mail addresses that SES takes

The way of a send:

    ledger          one row for each mail there is to be: its states, and what a conditional update of it is
    moves           how a row moves: claimed, accepted, unknown, ready again, given up; told by the provider
    sending         the order of a send, through the ports of `ports`
    looking         what that rests on, also where the recipient was merged into somebody
    twins           the same letter to others who are the same person
    vetoes          why a mail is not to be sent
    variants        which of several letters somebody gets, by lot
    offers          what a letter grants, and `drafting`, a letter with what it grants
    letters         the row's template, brand and tokens made into one customer's mail; `facts`, `brands`
    answers         what an answer of SES means
"""
