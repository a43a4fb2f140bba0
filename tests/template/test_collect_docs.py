"""What senders are told stands in the guide: every code the door gives, and every route it has."""

import re
from pathlib import Path

from shopkeeper.customer.collect import door

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/collecting.md").read_text()
DOOR = ROOT / "layers/core/shopkeeper/customer"


def test_the_guide_explains_every_code():
    sources = "".join(path.read_text() for path in [*(DOOR / "collect").glob("*.py"), DOOR / "subjects.py"])
    given = set(re.findall(r'(?:Flaw|NotAnId|_Mark)\("([a-z_]+)"', sources)) | {
        "text_too_long",
        "key_too_long",
        "try_again",
    }

    assert len(given) > 20
    assert given <= set(re.findall(r"`([a-z_]+)`", GUIDE))


def test_the_guide_names_every_call_and_its_short_form():
    assert all(f"`{call}`" in GUIDE or f"/v1/{call}`" in GUIDE for call in door.CALLS | {"t"})
    assert all(f"`{letter}`" in GUIDE for letter in door.SHORT if letter != "t")
