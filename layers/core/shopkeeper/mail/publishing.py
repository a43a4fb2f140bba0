"""From what a marketer writes to what is kept of it: all that is wrong is said at once, by part and line.

A template is checked by itself first, so that the lines are its own, then as a whole with its layout and snippets: what
is kept, and sent, is the whole.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from shopkeeper.mail import analysis, layouts, links, liquid, mjml, values
from shopkeeper.mail.content import NOWHERE, Content, Published, Source, load
from shopkeeper.mail.errors import Problem, UnpublishableError
from shopkeeper.mail.layouts import EMPTY, Part, Shared, Shelf, Whole
from shopkeeper.mail.mjml import Made
from shopkeeper.mail.rehearsal import Rehearsed, rehearse, shows_street

STREET = "brand.footer_address"
_NO_STREET = Problem("html", 1, f"no letter shows the postal address, which marketing has to: {{{{ {STREET} }}}}")
_LANGUAGES: Mapping[str, liquid.Language] = {"subject": liquid.PLAIN, "html": liquid.HTML, "text": liquid.PLAIN}


def publish(
    source: Source,
    names: Collection[str],
    *,
    tracking_host: str,
    marketing: bool = True,
    leaves: bool = True,
    least: Mapping[str, Any] | None = None,
    shelf: Shelf = EMPTY,
) -> Published:
    """Raises UnpublishableError with all that is wrong.

    `names` are the facts that will be there at rendering, as `analysis.check` takes them; `least` are those that every
    customer has. A marketing template must show a link to `{{ unsubscribe_url }}`, and a letter that nobody `leaves`,
    such as a receipt, knows none. `shelf` holds the layout, and the
    snippets that are named.
    """
    known = {*names, links.UNSUBSCRIBE} if leaves else {*names}
    own = [*_check("subject", source.subject, set(names)), *_check_parts(source.html, source.text, known)]
    _refuse(own)
    html, text = _wholes(source.html, source.text, shelf, mjml=source.mjml)
    whole = Source(source.subject, html.text, text.text if text else None)
    if whole != source:
        _refuse(_together(problem, html) for problem in _check_parts(whole.html, whole.text, known))
    marked = links.mark(whole.html, _host(tracking_host), html.place)
    _refuse([*marked.problems, *(_check_unsubscribe(whole, marked) if marketing else ())])
    published = Published(
        whole.subject, marked.html, whole.text, marked.links, marked.warnings, marketing, marked.hosts
    )
    rehearsed = _rehearse(whole, load(published), names, least or {})
    _refuse(rehearsed.problems)
    return replace(published, warnings=(*marked.warnings, *rehearsed.warnings))


def check_shared(shared: Shared, names: Collection[str], *, tracking_host: str, shelf: Shelf = EMPTY) -> None:
    """A layout or a snippet by itself. Raises UnpublishableError with all that is wrong.

    A layout holds the content once in each part, and may hold the snippets of the `shelf`; a snippet holds neither, and
    knows the values that it may be told.
    """
    known, layout = {*names, links.UNSUBSCRIBE}, shared.kind == "layout"
    _refuse(_check_parts(shared.html, shared.text, known if layout else {*known, values.OWN}, layout=layout))
    _refuse([problem for part in get_args(Part) for problem in _check_holes(shared, part)])
    around = replace(shelf, layout=shared)
    html, text = _wholes("", "", around, mjml=shared.mjml) if layout else _alone(shared)
    _refuse(_check_parts(html.text, text.text if text else None, known))
    _refuse(links.mark(html.text, _host(tracking_host), html.place).problems)


def _refuse(problems: Iterable[Problem]) -> None:
    if found := tuple(problems):
        raise UnpublishableError(found)


def _together(problem: Problem, html: Whole | Made) -> Problem:
    what = "made into HTML" if isinstance(html, Made) and problem.part == "html" else "with its layout and snippets"
    return problem._replace(message=f"{what}: {problem.message}")


def _host(tracking_host: str) -> str:
    return tracking_host.lower().partition(":")[0]


def _check_parts(html: str, text: str | None, known: set[str], *, layout: bool = False) -> list[Problem]:
    parts = {"html": html} | ({} if text is None else {"text": text})
    return [problem for part, said in parts.items() for problem in _check(part, said, known, layout=layout)]


def _check(part: str, source: str, names: set[str], *, layout: bool = False) -> Iterator[Problem]:
    try:
        outline = source if part == "subject" else layouts.outline(source, layout=layout)
        template = liquid.parse(outline, _LANGUAGES[part])
        for refused in analysis.check(template, outline, names):
            yield Problem(part, refused.line, refused.message)
    except liquid.RefusedError as refused:
        yield Problem(part, refused.line, refused.message)


def _check_holes(shared: Shared, part: Part) -> Iterator[Problem]:
    said = shared.says(part)
    if said is None:
        return
    holes = list(layouts.holes(said, layout=shared.kind == "layout"))
    if shared.kind == "layout" and sum(not hole.snippet for hole in holes) != 1:
        yield Problem(part, 1, f"a layout holds {{{{ {layouts.CONTENT} }}}} once, and nothing else in these braces")
    if shared.kind == "snippet":
        for hole in holes:
            yield Problem(part, liquid.line_of(said, hole.start), "a snippet cannot hold another snippet")
        for use in values.uses(said):
            if use.name not in shared.values:
                yield Problem(part, liquid.line_of(said, use.at), f"there is no {use.name} among its values")


def _wholes(html: str, text: str | None, shelf: Shelf, *, mjml: bool) -> tuple[Whole | Made, Whole | None]:
    """Raises UnpublishableError."""
    wholes: list[Whole] = []
    problems: list[Problem] = []
    if len(shelf.snippets) > layouts.MOST_SNIPPETS:
        problems.append(Problem("html", 1, f"more than {layouts.MOST_SNIPPETS} different snippets"))
    sources: tuple[tuple[Part, str | None], ...] = (("html", html), ("text", text))
    for part, source in sources:
        try:
            wholes += [] if source is None else [layouts.whole(part, source, shelf)]
        except liquid.RefusedError as refused:
            problems.append(Problem(part, refused.line, refused.message))
    _refuse(problems)
    return _made(wholes[0]) if mjml else wholes[0], wholes[1] if len(wholes) > 1 else None


def _made(whole: Whole) -> Made:
    """Raises UnpublishableError."""
    try:
        return mjml.made(whole)
    except mjml.MarkupError as error:
        raise UnpublishableError((whole.place(error.at).problem("html", str(error)),)) from None


def _alone(snippet: Shared) -> tuple[Whole, Whole]:
    """Raises UnpublishableError."""
    try:
        return layouts.alone("html", snippet), layouts.alone("text", snippet)
    except liquid.RefusedError as refused:
        raise UnpublishableError((Problem("html", refused.line, refused.message),)) from None


def _check_unsubscribe(source: Source, marked: links.Marked) -> Iterator[Problem]:
    if not marked.unsubscribes:
        yield Problem("html", 1, f'there is no link to unsubscribe: <a href="{{{{ {links.UNSUBSCRIBE} }}}}">')
    if source.text is not None and links.UNSUBSCRIBE not in source.text:
        yield Problem("text", 1, f"there is no address to unsubscribe: {{{{ {links.UNSUBSCRIBE} }}}}")


def _rehearse(source: Source, content: Content, names: Collection[str], least: Mapping[str, Any]) -> Rehearsed:
    material = (
        [template for template in (content.subject, content.html, content.text) if template],
        (source.subject, source.html, source.text or ""),
        least,
    )
    rehearsed = rehearse((content.subject_line, lambda facts: content.body(facts, NOWHERE)), *material)
    owes_street = content.marketing and STREET in names and not rehearsed.problems
    named = STREET.rpartition(".")[2] in source.html  # Else it need not be looked for.
    if owes_street and not (named and shows_street(lambda facts: content.words(facts, NOWHERE), *material)):
        return rehearsed._replace(warnings=(*rehearsed.warnings, _NO_STREET))
    return rehearsed
