"""`python -m local.simulate JOURNEY SCRIPT`: what a journey that stands in a file does with a customer, who is made up.

Ends with 1 where it does not do what the script expects, with 2 where one of them cannot be read.
"""

import sys
from pathlib import Path

from shopkeeper.customer import requests
from shopkeeper.customer.requests import Asked, BadRequest
from shopkeeper.journey.definition import checking, compiling, writing
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.script import Script
from shopkeeper.journey.rehearsing import rehearse
from shopkeeper.journey.tracing import Trace, Went
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
        trace = rehearse(wanted, graph, None, "UTC")
    except (BadRequest, OSError, UnicodeDecodeError) as problem:
        print("\n".join(f"{at}: {each}" for each in _told(problem)), file=sys.stderr)
        return 2
    _show(trace)
    return 1 if trace["failures"] else 0


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
        *(f"      - {each['what']}" for each in leg["did"]),
        f"    {stands}{later}",
    ]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
