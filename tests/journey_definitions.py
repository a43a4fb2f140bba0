"""Journeys as they are written: one in which everything stands, and a short one to be spoilt."""

CLICKED = {"event": "Email Link Clicked", "of": "letter", "where": [{"prop": "link", "cmp": "in", "values": [1, 2]}]}
VIP = {"op": "trait", "path": "vip", "cmp": "eq", "value": True}
EVERYTHING = {
    "name": "Everything",
    "entry": [
        {"on": "event", "event": "Order Completed", "where": [{"prop": "total", "cmp": "ge", "value": 10}]},
        {"on": "segment.left", "segment": "regulars"},
        {"on": "list.added", "list": "fair"},
        {"on": "date", "trait": "birthday", "before": "P7D", "yearly": True},
        {"on": "recurrence", "frequency": "monthly", "days": [15, "last mon"], "at": "09:00", "from": "2026-01-01"},
        {"on": "recurrence", "trait": "supplies_due"},
        {"on": "business_event", "business_event": "fair"},
        {"on": "api"},
    ],
    "audience": VIP,
    "reentry": {"policy": "after", "span": "P1M", "most": 3},
    "holdout": {"salt": "global", "bp": 500},
    "goal": {"event": "Order Completed", "within": "P30D", "exits": False, "attribution": ["last_touch"]},
    "exit_when": [{"event": "Order Refunded", "reason": "refunded"}],
    "brand": "shop",
    "topic": "news",
    "quiet": {"hours": [{"from": "21:00", "to": "08:00"}], "when_quiet": "skip"},
    "open": [{"from": "08:00", "to": "20:00", "days": ["mon", "fri"]}],
    "closed": ["2026-12-24"],
    "caps": {"of": [{"max": 3, "per": "P7D"}]},
    "priority": 7,
    "late_after": "P1D",
    "on_error": "exit",
    "first": "lot",
    "nodes": {
        "lot": {
            "split": {
                "salt": "winter",
                "arms": [{"name": "a", "bp": 6000, "to": "letter"}, {"name": "b", "bp": 4000, "to": "on"}],
            }
        },
        "letter": {
            "message": {"template": "hello", "content": "pinned", "expires_after": "PT1H"},
            "next": "answer",
            "not_sent": "fork",
        },
        "answer": {
            "wait_for": {
                "answered": {"any": [CLICKED, {"event": "Page Viewed"}]},
                "rich": {"rule": VIP, "fresh": True},
            },
            "timeout": "P3D",
            "on": {"answered": "thanks", "rich": "receipt"},
            "else": "again",
        },
        "receipt": {"message": {"template": "receipt", "class": "transactional"}, "next": "thanks"},
        "again": {"repeat": {"to": "letter", "most": 2}, "next": "on"},
        "on": {"effects": {"on": [{"audience": "ads:winter"}, {"slot": "mat", "content": "hello"}]}, "next": "call"},
        "call": {
            "task": {"queue": "sales", "due": "P2D", "outcomes": ["interested", "no_answer"]},
            "hears": {"told": {"event": "Page Viewed", "machines": True}},
            "timeout": "P7D",
            "on": {"interested": "thanks", "told": "thanks"},
            "else": "off",
        },
        "off": {"effects": {"off": [{"audience": "ads:winter"}]}, "next": "hook", "on_error": "skip"},
        "hook": {"webhook": {"connector": "erp", "properties": {"step": 1}}, "next": "fork", "late_after": "PT1H"},
        "fork": {"branch": [{"when": VIP, "to": "morning"}], "else": "birthday", "note": "Who is worth more"},
        "morning": {"wait": {"window": {"from": "09:00", "to": "17:00", "days": ["tue", "mon"]}}, "next": "season"},
        "season": {"wait": {"until": "2026-11-24T09:00 local"}, "next": "instant"},
        "instant": {"wait": {"until": "2026-11-21T12:00+02:00"}, "next": "short"},
        "short": {"wait": {"for": "PT90M", "from": "sent"}, "next": "tell"},
        "birthday": {"wait": {"trait": {"path": "birthday", "before": "P1D", "missing": "tell"}}, "next": "tell"},
        "tell": {"event": {"name": "Greeted", "properties": {"how": "warmly"}}, "next": "trait"},
        "trait": {"trait": {"greeted": True, "strange": None}, "next": "list"},
        "list": {"list": {"remove": "strangers"}, "next": "start"},
        "start": {"start": {"journey": "other"}, "next": "thanks"},
        "thanks": {"goal": {}, "next": "end"},
        "end": {"exit": {"reason": "done"}},
    },
}


def short(**changes):
    hello = {"message": {"template": "hello"}, "next": "exit"}
    return {
        "entry": [{"on": "api"}],
        "brand": "shop",
        "topic": "news",
        "first": "hello",
        "nodes": {"hello": hello},
        **changes,
    }


def with_nodes(first="a", **nodes):
    return short(first=first, nodes=nodes)
