"""Which elements are open at a place of a page, where end tags may be left out: by the HTML standard's rules of that.

Neither repairs nor builds anything. Where mails and the standard differ (formatting that outlives its paragraph, an end
tag in the wrong order) an element ends rather sooner than later.
"""

_TABLE = frozenset(("table", "template"))
_SCOPE = _TABLE | frozenset("td th caption object".split())
_CELLS = ("td", "th", "caption")
_ROWS = (*_CELLS, "tr")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_END_PARAGRAPHS = frozenset(
    """address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure footer form
    header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp""".split()
).union(_HEADINGS)
_ITEMS = _SCOPE | frozenset(("ul", "ol", "menu", "dir"))

# What a start tag ends, the innermost of each name in this order, unless one of the walls stands between.
_ENDED: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "li": (("li",), _ITEMS),
    **dict.fromkeys(("dt", "dd"), (("dt", "dd"), _SCOPE | {"dl"})),
    **dict.fromkeys(("option", "optgroup"), (("option",), _SCOPE | {"select"})),
    **dict.fromkeys(("td", "th", "caption"), (_CELLS, _TABLE)),
    "tr": (_ROWS, _TABLE),
    **dict.fromkeys(("tbody", "thead", "tfoot"), ((*_ROWS, "tbody", "thead", "tfoot"), _TABLE)),
    "a": (("a",), _SCOPE),
    "button": (("button",), _SCOPE),
    "body": (("head",), frozenset()),
}
# What an end tag does not reach beyond.
_WALLS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("td", "th", "caption", "tr", "tbody", "thead", "tfoot"), _TABLE),
    **dict.fromkeys(("table", "template", "object"), frozenset(("template",))),
    **dict.fromkeys(("html", "body", "head"), frozenset()),
    "li": _ITEMS,
    "p": _SCOPE | {"button"},
}


class Nesting:
    """Takes the same time for each tag, however deep it stands."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._places: dict[str, list[int]] = {}

    @property
    def depth(self) -> int:
        return len(self._open)

    @property
    def innermost(self) -> str:
        return self._open[-1] if self._open else ""

    def holds(self, name: str) -> bool:
        return bool(self._places.get(name))

    def make_way(self, name: str) -> None:
        """Ends what a start tag of this name ends, before it opens."""
        if name in _END_PARAGRAPHS:
            self._end("p", _WALLS["p"])
        if name in _HEADINGS and self._open and self._open[-1] in _HEADINGS:
            self._end(self._open[-1], _SCOPE)
        names, walls = _ENDED.get(name, ((), _SCOPE))
        for each in names:
            self._end(each, walls)

    def open(self, name: str) -> None:
        self._places.setdefault(name, []).append(len(self._open))
        self._open.append(name)

    def close(self, name: str) -> None:
        for each in _HEADINGS if name in _HEADINGS else (name,):
            self._end(each, _WALLS.get(name, _SCOPE))

    def _end(self, name: str, walls: frozenset[str]) -> None:
        """The innermost of this name and all in it, unless one of the walls stands between."""
        places = self._places.get(name)
        if not places:
            return
        place = places[-1]
        if place < len(self._open) - 1 and any(self._place(wall) > place for wall in walls):
            return
        while len(self._open) > place:
            self._places[self._open.pop()].pop()

    def _place(self, name: str) -> int:
        places = self._places.get(name)
        return places[-1] if places else -1
