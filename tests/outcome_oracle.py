"""The definitions of the ladder once more, each number for itself, and rows to hold them against."""

import itertools
from dataclasses import asdict, replace

from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.campaign import outcomes
from shopkeeper.mail import ledger
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
REASONS = ["", "malformed:address", "do_not_contact:no_consent", "do_not_contact", "other:stopped", "surprise"]
PEOPLE = ["opened_at", "clicked_at", "opened_machine_at", "clicked_machine_at", "unsubscribed_at"]
any_row = st.builds(
    Send,
    **dict.fromkeys(["send_id", "customer_id", "activity", "step", "occurrence", "activity_shard"], st.just("x")),
    state=st.sampled_from(sorted(ledger.RANKS)),
    reason=st.sampled_from(REASONS),
    attempt=st.integers(1, 3),
    variant=st.sampled_from(["", "a", "b"]),
    content_ref=st.sampled_from(["aa", "bb"]),
    hits=st.frozensets(st.sampled_from(HITS), max_size=6),
    **dict.fromkeys(
        ["accepted_at", "call_started_at", "delivered_at", "bounced_at", "complained_at", *PEOPLE], instants
    ),
)


def expected(row: Send) -> set[str]:
    is_in_hands = any(asdict(row)[name] for name in PEOPLE)
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
    opened_any = opened or (sent and (row.opened_machine_at != "" or row.clicked_machine_at != ""))
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
        "clicked_any": sent and (row.clicked_at != "" or row.clicked_machine_at != ""),
        "complained": row.state == "complained",
        "unsubscribed": sent and (row.state == "complained" or row.unsubscribed_at != ""),
        "delivered": sent and row.delivered_at != "",
    }
    assert numbers.keys() == set(outcomes.NAMES)
    return {name for name, is_so in numbers.items() if is_so}


def followed(rows):
    """By link, plainly: its people, those and whom only machines did it for, and how often both did."""
    found = {}
    for row in rows:
        for hit in row.hits if "sent" in expected(row) else ():
            link = (row.content_ref, hit.split("/")[0][1:])
            people, everybody, times = found.setdefault(link, (set(), set(), []))
            everybody.add(id(row))
            times.append(hit[0])
            if hit[0] == "u":
                people.add(id(row))
    return {
        link: (len(people), len(everybody), times.count("u"), len(times))
        for link, (people, everybody, times) in found.items()
    }


def every_row():
    """Each state, each set of what people and machines did, around the end of the window."""
    told = [dict(zip(PEOPLE, each, strict=True)) for each in itertools.product(["", RECEIVED], repeat=len(PEOPLE))]
    for state, marks, accepted_at in itertools.product(ledger.RANKS, told, INSTANTS):
        for reason in REASONS if state == "not_sent" else [""]:
            yield replace(PLANNED, state=state, reason=reason, accepted_at=accepted_at, **marks)
    yield replace(PLANNED, attempt=2)
    yield replace(PLANNED, attempt=2, state="not_sent", reason="malformed:address")
