"""`python -m local.simulate JOURNEY SCRIPT`: what a journey that stands in a file does with a customer, who is made up.

Ends with 1 where it does not do what the script expects, with 2 where one of them cannot be read.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.drawer import HOST, Drawer
from shopkeeper.customer import requests
from shopkeeper.customer.requests import Asked, BadRequest
from shopkeeper.journey.definition import checking, compiling, writing
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.script import Script
from shopkeeper.journey.rehearsal.rehearsing import rehearse
from shopkeeper.journey.rehearsal.scenery import Scenery
from shopkeeper.journey.rehearsal.tracing import Letter, Trace, Vetoed, Went
from shopkeeper.mail.letters import Letters
from shopkeeper.segment.references import no_segments


def main(journey: str, script: str) -> int:
    at = journey
    try:
        said = _read(Journey, journey)
        if faults := list(checking.faults(said)):
            raise BadRequest(faults)
        graph = compiling.compiled(said, Path(journey).name.partition(".")[0], 1, no_segments, lambda _: 1)
        at = script
        wanted = _read(Script, script)
        if wanted.customer is not None:
            raise BadRequest([("customer", "is somebody in a shop: here one is made up, of traits")])
        trace = rehearse(wanted, graph, None, _scenery(Path(journey).parent / "templates"))
    except (BadRequest, OSError, UnicodeDecodeError) as problem:
        print("\n".join(f"{at}: {each}" for each in _told(problem)), file=sys.stderr)
        return 2
    _show(trace)
    return 1 if trace["failures"] else 0


def _scenery(folder: Path) -> Scenery:
    drawer = Drawer(folder)
    return Scenery(definitions=drawer, letters=Letters(drawer, f"https://{HOST}", NoMessages()))


class NoMessages:
    """Journeys send none."""

    def facts(self, _occurrence: str) -> Mapping[str, Any]:
        return {}


def _told(problem: Exception) -> list[str]:
    findings = problem.findings if isinstance(problem, BadRequest) else [("", str(problem))]
    return [f"{field}: {why}" if field else why for field, why in findings]


def _read(model: type[Asked], path: str) -> Asked:
    text = Path(path).read_text(encoding="utf-8")
    return requests.read(model, text if path.endswith(".json") else writing.as_json(text))


def _show(trace: Trace) -> None:
    for leg in trace["legs"]:
        print("\n".join(_lines(leg)))
    if not trace["entered"]:
        print("Nobody came in.")
    for failure in trace["failures"]:
        print(failure)
    if not trace["failures"]:
        print("As expected.")


def _lines(leg: Went) -> list[str]:
    run, heard = leg["run"], ", ".join(leg["heard"])
    stands = f"at {run['node']}" if run["status"] == "active" else f"{run['status']}, {run['reason']}"
    later = f", looked at again {run['looks_at']}" if run["looks_at"] else ""
    return [
        f"{leg['at']}  {heard or 'the clock'}",
        *(f"    {each['node']}: {each['outcome']}" for each in leg["visited"]),
        *(_veto(each) for each in leg["vetoes"]),
        *(line for each in leg["did"] for line in (f"      - {each['what']}", *_letter(each["letter"]))),
        f"    {stands}{later}",
    ]


def _veto(said: Vetoed) -> str:
    until = f", not before {said['until']}" if said["until"] else ""
    because = ", ".join(f"{name} {value}" for name, value in said["evidence"].items())
    return f"      ! no mail {said['node']}: {said['reason']}{until}" + (f" ({because})" if because else "")


def _letter(letter: Letter | None) -> list[str]:
    if letter is None:
        return []
    variant = f" ({letter['variant']})" if letter["variant"] else ""
    said = letter["problem"] or f"{letter['subject']}{variant}\n\n{letter['text']}"
    return [f"          {line}".rstrip() for line in said.strip().splitlines()]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
