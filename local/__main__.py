"""`python -m local serve`: run the bundle on this machine until stopped."""

import argparse
import signal
import sys
from threading import Event

from local.evaluate import TemplateError
from local.front import PortTakenError
from local.stack import Stack


def main(arguments: list[str] | None = None) -> int:
    wish = _parser().parse_args(arguments)
    try:
        stack = Stack.start(port=wish.port, background=True, echo=sys.stderr if wish.verbose else None)
    except (PortTakenError, TemplateError) as error:
        print(error, file=sys.stderr)
        return 2
    with stack:
        print(f"Shopkeeper is open at {stack.base_url} until you press Ctrl-C.", flush=True)
        _until_stopped()
    print("Closed. Nothing is left behind.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Shopkeeper on this machine, without AWS.")
    serve = parser.add_subparsers(required=True, metavar="serve").add_parser("serve", help="run until stopped")
    serve.add_argument("--port", type=int, default=8080, help="default: %(default)s")
    serve.add_argument("--verbose", action="store_true", help="show all that functions log")
    return parser


def _until_stopped() -> None:
    stopped = Event()
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: stopped.set())
    stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
