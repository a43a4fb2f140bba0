"""The definitions of the ladder once more, each number for itself, and rows to hold them against."""

import itertools
from dataclasses import asdict, replace

from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.campaign import outcomes
from shopkeeper.mail import ledger
from shopkeeper.mail.credited import Credit
from shopkeeper.mail.ledger import Send
from tests import ses_reports as ses

NOW = clock.from_text("2026-11-21T12:00:00Z")
RECEIVED = clock.to_text(NOW)
PLANNED = replace(
    ledger.planned(
        customer_id="c1", activity="campaign:spring", step="letter", occurrence="spring-1", planned_at=NOW, topic="news"
    ),
    send_id=ses.SEND_ID,
)
INSTANTS = ["", "2026-11-16T11:59:59.999Z", "2026-11-16T12:00:00.000Z", "2026-11-16T12:00:00.001Z"]
instants = st.sampled_from(INSTANTS)
HITS = ["u/1", "u/2", "m/1", "u0/1", "u0/2", "m0/1", "u3/1", "u3/2", "m3/1", "m3/2", "u11/1", "m11/1"]
UNJUDGED = ["/1", "/9", "0/1", "3/8", "3/9"]
REASONS = ["", "malformed:address", "do_not_contact:no_consent", "do_not_contact", "other:stopped", "surprise"]
PEOPLE = ["opened_at", "clicked_at", "opened_machine_at", "clicked_machine_at", "unsubscribed_at"]
ORDERS = [
    Credit(order="a", facts=1, at=INSTANTS[1], currency="USD", minor_units=1200, units=3),
    Credit(order="b", facts=2, at=INSTANTS[1], currency="USD", minor_units=0),
    Credit(order="c", facts=1, at=INSTANTS[2], currency="EUR", minor_units=-5, units=1),
    Credit(order="d", facts=1, at=INSTANTS[2], units=2),
    Credit(order="e", facts=3),
]
any_row = st.builds(
    Send,
    **dict.fromkeys(["send_id", "customer_id", "activity", "step", "occurrence", "activity_shard"], st.just("x")),
    state=st.sampled_from(sorted(ledger.RANKS)),
    reason=st.sampled_from(REASONS),
    attempt=st.integers(1, 3),
    variant=st.sampled_from(["", "a", "b"]),
    content_ref=st.sampled_from(["aa", "bb"]),
    orders=st.lists(st.sampled_from(ORDERS), max_size=3, unique_by=lambda each: each.order).map(tuple),
    hits=st.frozensets(st.sampled_from(HITS), max_size=6),
    unjudged=st.frozensets(st.sampled_from(UNJUDGED), max_size=3),
    **dict.fromkeys(
        ["accepted_at", "call_started_at", "delivered_at", "bounced_at", "complained_at", *PEOPLE], instants
    ),
)


def unjudged(row):
    """Its marks as a list; one that stands among the hits has its verdict."""
    return [mark for mark in row.unjudged if not {f"u{mark}", f"m{mark}"} & row.hits]


def expected(row: Send) -> set[str]:
    is_in_hands = any(asdict(row)[name] for name in PEOPLE) or unjudged(row) != []
    in_doubt = row.state in ("calling", "unknown")
    sent = row.state in ("accepted", "delayed", "delivered", "soft_bounced", "hard_bounced", "complained")
    sent = sent or (in_doubt and is_in_hands)
    opened = sent and (row.opened_at != "" or row.clicked_at != "")
    bounced = sent and not opened and row.state.endswith("bounced")
    since = row.accepted_at or row.call_started_at or row.planned_at
    is_late = since == "" or since <= "2026-11-16T12:00:00.000Z"
    not_sent = row.state == "not_sent"
    malformed = not_sent and row.reason.startswith("malformed")
    refused = not_sent and row.reason.startswith("do_not_contact")
    targeted = row.state != "held_out"
    ever = targeted and (malformed or row.attempt > 1)
    by_machine = row.opened_machine_at != "" or row.clicked_machine_at != ""
    opened_any = opened or (sent and (by_machine or unjudged(row) != []))
    followed_by_nobody_known = sent and any(mark[0] != "/" for mark in unjudged(row))
    numbers = {
        "held_out": not targeted,
        "targeted": targeted,
        "pending": row.state == "ready",
        "in_flight": row.state == "calling" and not sent,
        "unknown": row.state == "unknown" and not sent,
        "sent": sent,
        "not_sent": not_sent,
        "opened": opened,
        "bounced": bounced,
        "unopened": sent and not opened and not bounced and is_late,
        "waiting": sent and not opened and not bounced and not is_late,
        "malformed": malformed,
        "do_not_contact": refused,
        "other_failures": not_sent and not malformed and not refused,
        "malformed_ever": ever,
        "resubmitted_malformed": ever and not malformed,
        "opened_any": opened_any,
        "clicked": sent and row.clicked_at != "",
        "clicked_any": (sent and (row.clicked_at != "" or row.clicked_machine_at != "")) or followed_by_nobody_known,
        "opened_unknown": sent and not opened and unjudged(row) != [],
        "clicked_unknown": followed_by_nobody_known and row.clicked_at == "",
        "complained": row.state == "complained",
        "unsubscribed": sent and (row.state == "complained" or row.unsubscribed_at != ""),
        "delivered": sent and row.delivered_at != "",
        "ordered": sent and any(each.at for each in row.orders),
        "held_out_ordered": not targeted and any(each.at for each in row.orders),
    }
    assert numbers.keys() == set(outcomes.NAMES)
    return {name for name, is_so in numbers.items() if is_so}


def followed(rows):
    """By link, plainly: its people, those and whom only machines did it for, and how often both did; and of how many
    people, and how often, nobody knows."""
    found = {}
    for row in rows:
        for hit in [*row.hits, *(f"?{mark}" for mark in unjudged(row))] if "sent" in expected(row) else ():
            link = (row.content_ref, hit.split("/")[0][1:])
            by, times = found.setdefault(link, ({"u": set(), "m": set(), "?": set()}, []))
            by[hit[0]].add(id(row))
            times.append(hit[0])
    return {
        link: (
            len(by["u"]),
            len(by["?"] - by["u"]),
            len(by["u"] | by["m"] | by["?"]),
            *(times.count(each) for each in "u?"),
            len(times),
        )
        for link, (by, times) in found.items()
    }


def every_row():
    """Each state, each set of what people and machines did, around the end of the window."""
    told = [dict(zip(PEOPLE, each, strict=True)) for each in itertools.product(["", RECEIVED], repeat=len(PEOPLE))]
    for state, marks, accepted_at in itertools.product(ledger.RANKS, told, INSTANTS):
        for reason in REASONS if state == "not_sent" else [""]:
            yield replace(PLANNED, state=state, reason=reason, accepted_at=accepted_at, **marks)
    for state, marks in itertools.product(ledger.RANKS, told):
        yield replace(PLANNED, state=state, accepted_at=RECEIVED, unjudged=frozenset({"3/9"}), **marks)
    yield replace(PLANNED, attempt=2)
    yield replace(PLANNED, attempt=2, state="not_sent", reason="malformed:address")
