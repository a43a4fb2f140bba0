"""The cart of the README is left, and bought, by the very lines that stand there, in a shell."""

import re
import subprocess
from pathlib import Path

import pytest

from local import shop
from local.stack import Stack
from local.teller import Teller

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.prove


@pytest.fixture
def opened():
    """The shop of `make run`, as far as carts go."""
    with Stack.start(background=True) as stack:
        teller = Teller(stack.base_url, stack.token("admin"))
        teller.ask("PUT", "/v1/brands/shop", shop.CAMPAIGN["/v1/brands/shop"])
        shop.prepare_journeys(teller)
        for _ in range(4):
            teller.call("POST", "/_local/clock", {"advance": 900})
            teller.call("POST", "/_local/settle")
        yield stack


def test_the_lines_of_the_readme_come_to_what_stands_below_them(opened):
    section = (ROOT / "README.md").read_text().partition("## A cart that was left")[2]
    lines, printed = re.search(r"```sh\n(.*?)```.*?```text\n(.*?)```", section, re.DOTALL).groups()

    script = lines.replace("http://localhost:8080", opened.base_url)
    told = subprocess.run(["bash", "-eu", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    wanted = printed.splitlines()
    assert sorted(told.splitlines()[-len(wanted) :]) == sorted(wanted)  # Queues promise no order of calls.
    (letter,) = opened.request("GET", "/_local/outbox").json()["items"]
    assert (letter["recipient"], letter["subject"]) == ("jo@customers.example", "Your cart")
