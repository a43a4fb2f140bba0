"""Leaves about letters: how often what became of them, and what became of one activity's.

Each is made of other leaves over what was told of letters. What a machine did is not measured, so it is people's alone.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo, field_validator

from shopkeeper.customer.orders import COMPLETED
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.leaves import windows
from shopkeeper.segment.leaves.counted import Abandoned, Count, Counting, Sequence, Times
from shopkeeper.segment.leaves.values import Measure, Name, Property
from shopkeeper.segment.leaves.windows import Rolling, Seconds, Window

UNOPENED_AFTER = timedelta(days=5)
"""A letter that nobody opened in this time is unopened, as in the reports of campaigns."""

_SENT, _CLICKED, _BOUNCED = "Email Sent", "Email Link Clicked", "Email Bounced"
_OPENED = ("Email Opened", _CLICKED)  # Whoever follows a link has opened the letter, pictures or not.
_KINDS: Mapping[str, str] = {
    "sent": _SENT,
    "delivered": "Email Delivered",
    "opened": "Email Opened",
    "clicked": _CLICKED,
    "bounced": _BOUNCED,
    "complained": "Email Marked as Spam",
    "unsubscribed": "Unsubscribed",
}
_NOT_SENT, _HELD_OUT = "Not Sent", "held_out"
# What the reason of a letter that was not sent begins with, as the ledger has it.
_REASONS: Mapping[str, str] = {"malformed": "malformed", "do_not_contact": "do_not_contact", "other_failures": "other"}
_RUNGS: Mapping[str, tuple[str, ...]] = {
    **{kind: (event,) for kind, event in _KINDS.items()},
    "opened": _OPENED,
    "soft_bounced": (_BOUNCED,),
    "hard_bounced": (_BOUNCED,),
    **dict.fromkeys(("not_sent", *_REASONS, _HELD_OUT), (_NOT_SENT,)),
    "unsubscribed": ("Unsubscribed", "Email Marked as Spam"),  # Who calls a letter spam wants no more of them.
}
_UNTOLD: Mapping[str, str] = {
    "targeted": "who is to get a letter is in the report of its campaign; there is any of `sent` and `not_sent`",
    **dict.fromkeys(
        ("pending", "in_flight", "unknown"),
        "that is so for a moment, or until more is known, and is in the report of its campaign; what became of it is"
        " remembered: `sent`, `delivered`, `not_sent`",
    ),
    **dict.fromkeys(
        ("opened_any", "clicked_any", "opened_unknown", "clicked_unknown"),
        "what machines open and follow, or may have, is told in reports and counts for nobody",
    ),
}
_ACTIVITY = re.compile(r"(campaign|journey):[^\s:]+")


def _activity(text: Any) -> Any:
    if isinstance(text, str) and not _ACTIVITY.fullmatch(text):
        raise ValueError("is no activity such as campaign:spring-sale, which is the campaign spring-sale")
    return text


Activity = Annotated[Name, BeforeValidator(_activity)]


def _letter(activity: str, step: str | None) -> Iterator[Property]:
    yield Property(prop="activity", cmp="eq", value=activity)
    if step:
        yield Property(prop="step", cmp="eq", value=step)


def _why(is_: str) -> Property:
    """Who is held out was never to get a letter, so that is none that was not sent."""
    if is_ in _REASONS:
        return Property(prop="reason", cmp="starts", value=_REASONS[is_])
    return Property(prop="reason", cmp="eq" if is_ == _HELD_OUT else "ne", value=_HELD_OUT)


class OfActivity(Strict):
    activity: Activity
    step: Name | None = None


_SCOPES = 'there is "any", and {"activity": "campaign:spring-sale"}, with a `step` if one is meant'


def _scope(said: Any) -> Any:
    """Read here, as pydantic would find fault once with each kind."""
    if said == "any" or isinstance(said, OfActivity):
        return said
    if not isinstance(said, dict):
        raise ValueError(_SCOPES)
    return windows.within(OfActivity, said)


Scope = Annotated[Literal["any"] | OfActivity, BeforeValidator(_scope)]


class Engaged(Counting):
    """`count` of what became of letters: of all, or of those of one activity."""

    op: Literal["engaged"]
    kind: Literal["sent", "delivered", "opened", "clicked", "bounced", "complained", "unsubscribed"]
    scope: Scope
    window: Window
    cmp: Literal["ge", "le", "eq"]
    n: Times
    humans_only: Literal[True] = True

    @property
    def count(self) -> Count:
        scope = self.scope
        where = tuple(_letter(scope.activity, scope.step)) if isinstance(scope, OfActivity) else None
        measure = Measure(event=_KINDS[self.kind], where=where)
        return Count(op="count", measure=measure, window=self.window, cmp=self.cmp, n=self.n)

    @property
    def parts(self) -> tuple[Count, ...]:
        return (self.count,)

    @property
    def is_all(self) -> bool:
        return True


class Outcome(Counting):
    """What became of the letters of an activity, in the words of its report. It happened within the window; of
    `unopened` and `waiting`, which are about the newest letter of it, that letter was sent within the window.

    `ordered` is after a letter was sent, with `link` after that link was followed, and less than `within` later.
    """

    op: Literal["outcome"]
    activity: Activity
    step: Name | None = None
    is_: Annotated[
        Literal[
            "sent",
            "delivered",
            "opened",
            "unopened",
            "waiting",
            "clicked",
            "bounced",
            "soft_bounced",
            "hard_bounced",
            "complained",
            "unsubscribed",
            "not_sent",
            "malformed",
            "do_not_contact",
            "other_failures",
            "held_out",
            "ordered",
        ],
        Field(alias="is"),
    ]
    link: Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None = None
    within: Annotated[Seconds | None, Field(validate_default=True)] = None
    window: Window

    @field_validator("is_", mode="before")
    @classmethod
    def _known(cls, is_: Any) -> Any:
        if isinstance(is_, str) and is_ in _UNTOLD:
            raise ValueError(f"cannot be {is_}: {_UNTOLD[is_]}")
        return is_

    @field_validator("link")
    @classmethod
    def _followed(cls, link: str | None, info: ValidationInfo) -> str | None:
        if link is not None and info.data.get("is_", "clicked") not in ("clicked", "ordered"):
            raise ValueError("is for `clicked` and `ordered` alone")
        return link

    @field_validator("within")
    @classmethod
    def _of_order(cls, within: Seconds | None, info: ValidationInfo) -> Seconds | None:
        is_ordered = info.data.get("is_", "") == "ordered"
        if "is_" in info.data and is_ordered != (within is not None):
            raise ValueError("is missing: how long after the letter" if is_ordered else "is for `ordered` alone")
        return within

    @property
    def is_all(self) -> bool:
        """All of its parts hold, else one of them."""
        return self.is_ in ("unopened", "waiting")

    @property
    def parts(self) -> tuple[Count | Sequence | Abandoned, ...]:
        if self.is_ == "ordered":
            a, b = self._of(_CLICKED if self.link else _SENT), Measure(event=COMPLETED)
            return (Sequence(op="sequence", a=a, b=b, within=self.within or _seconds(timedelta()), window=self.window),)
        if self.is_ == "unopened":
            return (self._counted(_SENT, self.window), *self._unanswered(UNOPENED_AFTER))
        if self.is_ == "waiting":
            lately = Rolling(rolling=_seconds(UNOPENED_AFTER))
            return (*(self._counted(_SENT, each) for each in (self.window, lately)), *self._unanswered(timedelta()))
        return tuple(self._counted(event, self.window) for event in _RUNGS[self.is_])

    def _counted(self, event: str, window: Window) -> Count:
        return Count(op="count", measure=self._of(event), window=window, cmp="ge", n=1)

    def _unanswered(self, grace: timedelta) -> Iterator[Abandoned]:
        """Since the newest letter."""
        for event in (*_OPENED, _BOUNCED):
            did, without = self._of(_SENT), Measure(event=event, where=tuple(_letter(self.activity, self.step)))
            yield Abandoned.model_construct(op="abandoned", did=did, without=without, grace=_seconds(grace))

    def _of(self, event: str) -> Measure:
        where = [*_letter(self.activity, self.step)]
        if self.link:
            where.append(Property(prop="url", cmp="eq", value=self.link))
        if self.is_ in ("soft_bounced", "hard_bounced"):
            where.append(Property(prop="bounce", cmp="eq", value=self.is_.removesuffix("_bounced")))
        if event == _NOT_SENT:
            where.append(_why(self.is_))
        return Measure(event=event, where=tuple(where))


def _seconds(span: timedelta) -> Seconds:
    """Unchecked: here, none at all is a span too."""
    return Seconds.model_construct(seconds=int(span.total_seconds()))
