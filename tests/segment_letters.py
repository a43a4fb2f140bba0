"""Lives in which letters come: what is told of them, rules about them, and what these mean by the letter.

Nothing of shopkeeper is used here.
"""

from hypothesis import strategies as st

from tests import segment_oracle_times as times

HOUR, DAY = 3600, 24 * 3600
SPRING, AUTUMN = "campaign:spring", "journey:autumn"
STEPS = ["letter", "second"]
LINKS = ["https://a.example/", "https://b.example/sale"]
# What is told of most often comes first, and stands here more than once.
TOLD = ["Email Sent", "Email Opened", "Email Link Clicked", "Email Sent", "Email Bounced", "Email Delivered"]
TOLD += ["Unsubscribed", "Email Marked as Spam", "Not Sent", "Not Sent"]
NAMES = {
    "sent": ["Email Sent"],
    "delivered": ["Email Delivered"],
    "opened": ["Email Opened", "Email Link Clicked"],
    "clicked": ["Email Link Clicked"],
    "bounced": ["Email Bounced"],
    "soft_bounced": ["Email Bounced"],
    "hard_bounced": ["Email Bounced"],
    "complained": ["Email Marked as Spam"],
    "unsubscribed": ["Unsubscribed", "Email Marked as Spam"],
    "not_sent": ["Not Sent"],
    "malformed": ["Not Sent"],
    "do_not_contact": ["Not Sent"],
    "other_failures": ["Not Sent"],
    "held_out": ["Not Sent"],
}
REASONS = {
    "malformed:address": "malformed",
    "do_not_contact:no_consent": "do_not_contact",
    "other:render: traits.malformed": "other_failures",
    "other:stopped": "other_failures",
    "held_out": "held_out",
}


@st.composite
def properties(draw, name):
    """Of an activity mostly; a letter that nobody knows the activity of is told of as well."""
    known = draw(st.sampled_from([{"activity": SPRING}, {"activity": SPRING}, {"activity": AUTUMN}, {}]))
    known |= {"step": draw(st.sampled_from(STEPS))} if known else {}
    if name in ("Email Opened", "Email Link Clicked"):
        known |= {"class": draw(st.sampled_from(["unknown", "unknown", "machine"]))}
    if name == "Email Link Clicked":
        known |= {"url": draw(st.sampled_from(LINKS))}
    if name == "Not Sent":
        known |= {"reason": draw(st.sampled_from(sorted(REASONS)))}
    if name == "Email Bounced":
        known |= {"bounce": draw(st.sampled_from(["soft", "hard"]))}
    return known


def outcomes(windows):
    """Rules about what became of letters."""
    for is_ in NAMES:
        for window in windows:
            yield {"op": "outcome", "activity": SPRING, "is": is_, "window": window}
    for is_ in ("opened", "unopened", "waiting", "sent"):
        for window in windows:
            yield {"op": "outcome", "activity": SPRING, "step": "second", "is": is_, "window": window}
            yield {"op": "outcome", "activity": AUTUMN, "is": is_, "window": window}
    for window in windows:
        followed = {"op": "outcome", "activity": SPRING, "is": "clicked", "link": LINKS[1], "window": window}
        yield from (
            {"op": "outcome", "activity": SPRING, "is": is_, "window": window} for is_ in ("unopened", "waiting")
        )
        yield followed
        yield followed | {"is": "ordered", "within": {"seconds": 3 * DAY}}
        yield {"op": "outcome", "activity": SPRING, "is": "ordered", "within": {"seconds": 3 * DAY}, "window": window}


def of_letter(rule, each):
    said = each.properties
    return said.get("activity") == rule["activity"] and rule.get("step") in (None, said.get("step"))


def outcome(rule, told, now, zone):
    """`told` are interactions without what machines did."""
    its = [each for each in told if each.type == "track" and of_letter(rule, each)]
    if rule["is"] == "ordered":
        return ordered(rule, its, told, now, zone)
    if rule["is"] in ("unopened", "waiting"):
        return unanswered(rule, its, now, zone)
    its = [each for each in its if each.name in NAMES[rule["is"]]]
    if "link" in rule:
        its = [each for each in its if each.properties.get("url") == rule["link"]]
    if rule["is"] in ("soft_bounced", "hard_bounced"):
        its = [each for each in its if each.properties["bounce"] == rule["is"][:4]]
    if NAMES[rule["is"]] == ["Not Sent"]:
        its = [each for each in its if is_why(rule["is"], REASONS[each.properties["reason"]])]
    return times.counted(rule | {"cmp": "ge", "n": 1}, ats(its), now, zone) > 0


def is_why(asked, why):
    """Who is held out was never to be written to, so it is no letter that was not sent."""
    return why == asked or (asked == "not_sent" and why != "held_out")


def ats(its):
    return [times.ms(each.at) for each in its]


def ordered(rule, its, told, now, zone):
    before = [each for each in its if each.name == ("Email Link Clicked" if "link" in rule else "Email Sent")]
    before = [each for each in before if "link" not in rule or each.properties.get("url") == rule["link"]]
    orders = [each for each in told if each.type == "track" and each.name == "Order Completed"]
    return times.sequence(rule, ats(before), ats(orders), now, zone)


def unanswered(rule, its, now, zone):
    """The newest letter was neither opened nor bounced since; it was sent five days ago at least, or it waits still."""
    sent = ats(each for each in its if each.name == "Email Sent")
    if not times.counted(rule | {"cmp": "ge", "n": 1}, sent, now, zone):
        return False
    newest = max([at for at in sent if at <= now], default=None)
    answers = ats(each for each in its if each.name in ("Email Opened", "Email Link Clicked", "Email Bounced"))
    if newest is None or any(newest <= at <= now for at in answers):
        return False
    return (now - newest >= 5 * DAY * 1000) == (rule["is"] == "unopened")
