"""Graphs of the plain words that `journey_lives` draws."""

from shopkeeper.journey import nodes, untils
from shopkeeper.journey.graph import Ends, Entry, Goal, Graph, HoldOut, OnCall, Terms
from shopkeeper.journey.hearing import Hears, Test, Trigger
from shopkeeper.journey.untils import Span
from shopkeeper.mail.variants import Variant


def graph_of(words, version=1):
    seconds = {name: words[name] // 1000 for name in ("max_defer", "late_after")}
    return Graph(
        journey="drawn",
        version=version,
        entry=Entry(sources=(OnCall(),)),
        first="n0",
        nodes={key: BUILT[each["kind"]](each) for key, each in words["nodes"].items()},
        exits=tuple(Ends(reason=each["reason"], **_by(each)) for each in words["exits"]),
        goal=_goal(words["goal"]) if words["goal"] else None,
        terms=Terms(**seconds, on_error=words["on_error"]),
        hold_out=HoldOut(salt="holdout", share=words["held_out"]),
        rules={"by_time": "", "by_data": ""},
    )


def _goal(words):
    return Goal(within=_span(words["within"]), exits=words["exits"], **_by(words))


def _by(words):
    return {"triggers": tuple(map(_trigger, words["triggers"])), "rule": words["rule"]}


def _trigger(words):
    where = (Test(prop="link", cmp="eq", value=words["where"]),) if words["where"] else ()
    return Trigger(event=words["event"], where=where, of=words["of"], machines=words["machines"])


def _span(ms):
    return Span(seconds=ms // 1000)


def _heard(words):
    names = ("name", "to", "fresh")
    return tuple(Hears(**{name: each[name] for name in names}, **_by(each)) for each in words["hears"])


def _timed(words):
    return {"timeout": _span(words["span"]), "otherwise": words["otherwise"], "hears": _heard(words)}


def _until(words):
    how = words["how"]
    if how in ("node", "entry", "sent"):
        return untils.For(span=_span(words["span"]), since=how)
    if how == "at":
        return untils.At(instant=words["at"])
    if how == "hour":
        return untils.Window(from_=f"{words['hour']:02}:00", to=f"{words['hour'] + 1:02}:00")
    return untils.OfTrait(path=words["trait"], span=_span(words["span"]), missing=words["missing"])


def _wait(words):
    return nodes.Wait(until=_until(words), hears=_heard(words), next=words["next"])


def _message(words):
    variants = tuple(Variant(id=f"v{n}", template="v", share=50) for n in range(words["variants"]))
    return nodes.Message(next=words["next"], template=words["letter"], not_sent=words["not_sent"], variants=variants)


def _effects(words):
    return nodes.Effects(next=words["next"], on=_switches(words["on"]), off=_switches(words["off"]))


def _switches(said):
    return tuple(nodes.Switch(channel=channel, name=name) for channel, name in said)


def _branch(words):
    cases = tuple(nodes.Case(rule=rule, to=to) for rule, to in words["cases"])
    return nodes.Branch(cases=cases, otherwise=words["otherwise"])


def _split(words):
    arms = tuple(nodes.Arm(name=name, share=share, to=to) for name, share, to in words["arms"])
    return nodes.Split(salt=words["salt"], arms=arms)


BUILT = {
    "message": _message,
    "effects": _effects,
    "task": lambda words: nodes.Task(queue=words.get("queue", "q"), outcomes=words["outcomes"], **_timed(words)),
    "wait": _wait,
    "wait_for": lambda words: nodes.WaitFor(**_timed(words)),
    "branch": _branch,
    "split": _split,
    "repeat": lambda words: nodes.Repeat(to=words["to"], most=words["most"], next=words["next"]),
    "goal": lambda words: nodes.Reach(next=words["next"]),
    "trait": lambda words: nodes.SetTrait(next=words["next"], traits={"x": 1}),
    "list": lambda words: nodes.ChangeList(next=words["next"], list_id="l"),
    "event": lambda words: nodes.Tell(next=words["next"], name="Told"),
    "start": lambda words: nodes.Start(next=words["next"], journey="other"),
    "webhook": lambda words: nodes.Webhook(next=words["next"], connector="c"),
    "exit": lambda words: nodes.Exit(reason=words["reason"]),
}
