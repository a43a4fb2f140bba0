"""What the documents name exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_runbook_names_what_the_template_makes_and_explains_every_alarm(resources):
    text = (ROOT / "docs/runbook.md").read_text()
    alarms = {name for name, body in resources.items() if body["Type"] == "AWS::CloudWatch::Alarm"}

    assert set(re.findall(r"\b[A-Z]\w+(?:Alarm|Queue|Function)\b", text)) <= set(resources)
    assert alarms <= set(re.findall(r"(?m)^## (\w+):", text))


def test_every_link_between_the_pages_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"]\(([\w./-]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_every_file_and_folder_that_the_pages_name_exists():
    for page in PAGES:
        for named in re.findall(r"`((?:functions|layers|local|tests|docs|events|bench)/[\w./-]+\w)`", page.read_text()):
            assert (ROOT / named).exists(), f"{page.name}: {named}"


def test_no_page_has_a_gap_left_to_fill():
    for page in PAGES:
        assert not re.search(r"(?m)^\W*(?:TODO|TBD|[A-Z]{4,})\W*$", page.read_text()), page
