"""`python -m local serve`: run the bundle on this machine until stopped."""

import argparse
import signal
import sys
from threading import Event
from typing import NoReturn

from local import tale
from local.evaluate import TemplateError
from local.front import PortTakenError
from local.stack import Stack
from local.teller import StoryError, Teller


def main(arguments: list[str] | None = None) -> int:
    wish = _parser().parse_args(arguments)
    for kind in (signal.SIGINT, signal.SIGTERM):  # Also when a script starts this with `&`, which ignores Ctrl-C.
        signal.signal(kind, signal.default_int_handler)
    try:
        with Stack.start(port=wish.port, background=True, echo=sys.stderr if wish.verbose else None) as stack:
            _serve(stack)
    except (PortTakenError, TemplateError) as error:
        print(error, file=sys.stderr)
        return 2
    except StoryError as error:
        print(f"The story broke off: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Closed. Nothing is left behind.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Shopkeeper on this machine, without AWS.")
    serve = parser.add_subparsers(required=True, metavar="serve").add_parser("serve", help="run until stopped")
    serve.add_argument("--port", type=_port, default=8080, help="default: %(default)s")
    serve.add_argument("--verbose", action="store_true", help="show all that functions log")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: choose a number up to 65535")
    return int(text)


def _serve(stack: Stack) -> NoReturn:
    """Until stopped: raises KeyboardInterrupt then."""
    try:
        print(f"Shopkeeper is open at {stack.base_url}", flush=True)
        _tell(stack)
        while True:
            Event().wait()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Closing takes a moment, and pressing again changes nothing.
        raise


def _tell(stack: Stack) -> None:
    teller = Teller(stack.base_url)
    lines = tale.tell(teller, stack.clock.now())
    for number, line in enumerate(lines, 1):
        print(f"{number:3}  {line}", flush=True)
    print(tale.epilogue(teller), flush=True)


if __name__ == "__main__":
    sys.exit(main())
