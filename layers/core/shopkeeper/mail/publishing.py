"""From what a marketer writes to what is kept of it: all that is wrong is said at once, by part and line.

A template is checked by itself first, so that the lines are its own, then as a whole with its layout and snippets: what
is kept, and sent, is the whole.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, get_args

from liquid import BoundTemplate

from shopkeeper.mail import analysis, assets, layouts, links, liquid, mjml, values
from shopkeeper.mail.assets import Shown
from shopkeeper.mail.content import NOWHERE, Content, Published, Source, load
from shopkeeper.mail.errors import Problem, UnpublishableError
from shopkeeper.mail.mjml import Made
from shopkeeper.mail.rehearsal import Rehearsed, rehearse, shows_street
from shopkeeper.mail.shelf import CHOSEN, EMPTY, Part, Shared, Shelf

STREET = "brand.footer_address"
_NO_STREET = Problem("html", 1, f"no letter shows the postal address, which marketing has to: {{{{ {STREET} }}}}")
_OURS = frozenset((CHOSEN, assets.ADDRESS))
"""What a template is given to write by its parts, and cannot write itself."""
_LANGUAGES: Mapping[str, liquid.Language] = {"subject": liquid.PLAIN, "html": liquid.HTML, "text": liquid.PLAIN}


Material = tuple[Collection[BoundTemplate], Collection[str], Mapping[str, Any]]
"""Parts of a letter, parsed and as they were written, and what is known of every customer."""


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
        _refuse(_together(problem, html) for problem in _check_parts(whole.html, whole.text, {*known, *_OURS}))
    alts = {assets.address(each): each.alt for each in shelf.assets.values()}
    marked = links.mark(whole.html, _host(tracking_host), html.place, alts)
    _refuse([*marked.problems, *(_check_unsubscribe(whole, marked) if marketing else ())])
    published = Published(
        whole.subject,
        marked.html,
        whole.text,
        marked.links,
        marked.warnings,
        marketing,
        marked.hosts,
        {block: {each.id: each.rule for each in its.variants} for block, its in shelf.blocks.items()},
    )
    rehearsed = _rehearse(whole, load(published), names, least or {})
    _refuse(rehearsed.problems)
    return replace(published, warnings=(*marked.warnings, *rehearsed.warnings))


def check_shared(shared: Shared, names: Collection[str], *, tracking_host: str, shelf: Shelf = EMPTY) -> None:
    """A layout, a snippet or a variant of a block by itself. Raises UnpublishableError with all that is wrong.

    A layout holds the content once in each part, and may hold what is on the `shelf`; the others hold nothing else, and
    a snippet knows the values that it may be told.
    """
    known, layout = {*names, links.UNSUBSCRIBE}, shared.kind == "layout"
    _refuse(_check_parts(shared.html, shared.text, known if layout else {*known, values.OWN}, layout=layout))
    _refuse([problem for part in get_args(Part) for problem in _check_holes(shared, part)])
    around = replace(shelf, layout=shared)
    html, text = _wholes("", "", around, mjml=shared.mjml) if layout else _alone(shared, shelf)
    _refuse(_check_parts(html.text, text.text if text else None, {*known, *_OURS}))
    _refuse(links.mark(html.text, _host(tracking_host), html.place).problems)


def _refuse(problems: Iterable[Problem]) -> None:
    if found := tuple(problems):
        raise UnpublishableError(found)


def _together(problem: Problem, html: Shown | Made) -> Problem:
    is_made = isinstance(html, Made) and problem.part == "html"
    what = "made into HTML" if is_made else "with its layout, snippets and blocks"
    return problem._replace(message=f"{what}: {problem.message}")


def _host(tracking_host: str) -> str:
    return tracking_host.lower().partition(":")[0]


def _check_parts(html: str, text: str | None, known: set[str], *, layout: bool = False) -> list[Problem]:
    parts = {"html": html} | ({} if text is None else {"text": text})
    return [problem for part, said in parts.items() for problem in _check(part, said, known, layout=layout)]


def _check(part: str, source: str, names: set[str], *, layout: bool = False) -> Iterator[Problem]:
    try:
        outline = source if part == "subject" else assets.outline(layouts.outline(source, layout=layout))
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
    if shared.kind == "layout" and sum(hole.kind == layouts.CONTENT for hole in holes) != 1:
        yield Problem(part, 1, f"a layout holds {{{{ {layouts.CONTENT} }}}} once, and nothing else in these braces")
    if shared.kind != "layout":
        for hole in holes:
            yield Problem(part, liquid.line_of(said, hole.start), f"a {shared.kind} cannot hold another {hole.kind}")
        for use in values.uses(said):
            if use.name not in shared.values:
                yield Problem(part, liquid.line_of(said, use.at), f"there is no {use.name} among its values")


def _wholes(html: str, text: str | None, shelf: Shelf, *, mjml: bool) -> tuple[Shown | Made, Shown | None]:
    """Raises UnpublishableError."""
    wholes: list[Shown] = []
    problems: list[Problem] = []
    problems += _too_many("snippets", shelf.snippets, layouts.MOST_SNIPPETS)
    problems += _too_many("blocks", shelf.blocks, layouts.MOST_BLOCKS)
    problems += _too_many("assets", shelf.assets, assets.MOST)
    sources: tuple[tuple[Part, str | None], ...] = (("html", html), ("text", text))
    for part, source in sources:
        try:
            wholes += [] if source is None else [assets.shown(layouts.whole(part, source, shelf), shelf.assets)]
        except liquid.RefusedError as refused:
            problems.append(Problem(part, refused.line, refused.message))
    _refuse(problems)
    return _made(wholes[0]) if mjml else wholes[0], wholes[1] if len(wholes) > 1 else None


def _too_many(what: str, held: Mapping[str, object], most: int) -> Iterator[Problem]:
    if len(held) > most:
        yield Problem("html", 1, f"more than {most} different {what}")


def _made(page: Shown) -> Made:
    """Raises UnpublishableError."""
    try:
        return mjml.made(page)
    except mjml.MarkupError as error:
        raise UnpublishableError((page.place(error.at).problem("html", str(error)),)) from None


def _alone(snippet: Shared, shelf: Shelf) -> tuple[Shown, Shown]:
    """Raises UnpublishableError."""
    try:
        html, text = (assets.shown(layouts.alone(part, snippet), shelf.assets) for part in get_args(Part))
        return html, text
    except liquid.RefusedError as refused:
        raise UnpublishableError((Problem("html", refused.line, refused.message),)) from None


def _check_unsubscribe(source: Source, marked: links.Marked) -> Iterator[Problem]:
    if not marked.unsubscribes:
        yield Problem("html", 1, f'there is no link to unsubscribe: <a href="{{{{ {links.UNSUBSCRIBE} }}}}">')
    if source.text is not None and links.UNSUBSCRIBE not in source.text:
        yield Problem("text", 1, f"there is no address to unsubscribe: {{{{ {links.UNSUBSCRIBE} }}}}")


def _with_variants(rehearsed: Rehearsed, content: Content, material: Material) -> Rehearsed:
    """Each variant of a block is one that some customer can get."""
    for block, variant in ((block, each) for block, its in content.blocks.rules.items() for each in its):
        tried = rehearse([partial(_with_variant, content, {block: variant})], *material)
        known, said = {each.message for each in rehearsed.warnings}, f"with variant {variant} of block {block}: "
        problems = [each._replace(message=said + each.message) for each in tried.problems]
        warnings = [each._replace(message=said + each.message) for each in tried.warnings if each.message not in known]
        rehearsed = Rehearsed((*rehearsed.problems, *problems), (*rehearsed.warnings, *warnings))
    return rehearsed


def _with_variant(content: Content, chosen: Mapping[str, str], facts: Mapping[str, Any]) -> object:
    return content.body({**facts, CHOSEN: content.blocks.general() | dict(chosen)}, NOWHERE)


def _rehearse(source: Source, content: Content, names: Collection[str], least: Mapping[str, Any]) -> Rehearsed:
    material = (
        [template for template in (content.subject, content.html, content.text) if template],
        (source.subject, source.html, source.text or ""),
        least,
    )
    rehearsed = rehearse((content.subject_line, lambda facts: content.body(facts, NOWHERE)), *material)
    rehearsed = rehearsed if rehearsed.problems else _with_variants(rehearsed, content, material)
    owes_street = content.marketing and STREET in names and not rehearsed.problems
    named = STREET.rpartition(".")[2] in source.html  # Else it need not be looked for.
    if owes_street and not (named and shows_street(lambda facts: content.words(facts, NOWHERE), *material)):
        return rehearsed._replace(warnings=(*rehearsed.warnings, _NO_STREET))
    return rehearsed
