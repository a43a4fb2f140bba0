"""`python -m local serve`: run the bundle on this machine until stopped."""

import argparse
import signal
import sys
from threading import Event
from typing import TextIO

from local import letter, tale
from local.evaluate import TemplateError
from local.front import PortTakenError
from local.stack import Stack
from local.tale import StoryError, Teller


def main(arguments: list[str] | None = None) -> int:
    wish = _parser().parse_args(arguments)
    out = sys.stdout  # As long as a handler runs, what is printed to sys.stdout is taken for its log.
    try:
        stack = Stack.start(port=wish.port, background=True, echo=sys.stderr if wish.verbose else None)
    except (PortTakenError, TemplateError) as error:
        print(error, file=sys.stderr)
        return 2
    with stack:
        print(f"Shopkeeper is open at {stack.base_url}", flush=True)
        try:
            _tell(stack, out)
        except StoryError as error:
            print(f"The story broke off: {error}", file=sys.stderr)
            return 1
        _until_stopped()
    print("Closed. Nothing is left behind.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Shopkeeper on this machine, without AWS.")
    serve = parser.add_subparsers(required=True, metavar="serve").add_parser("serve", help="run until stopped")
    serve.add_argument("--port", type=int, default=8080, help="default: %(default)s")
    serve.add_argument("--verbose", action="store_true", help="show all that functions log")
    return parser


def _tell(stack: Stack, out: TextIO) -> None:
    teller = Teller(stack.base_url)
    lines = tale.tell(teller, lambda customer_id: letter.plant(stack, customer_id), stack.clock.now())
    for number, line in enumerate(lines, 1):
        print(f"{number:3}  {line}", file=out, flush=True)
    print(tale.epilogue(teller), file=out, flush=True)


def _until_stopped() -> None:
    stopped = Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stopped.set())
    stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
