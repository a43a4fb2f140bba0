"""What is tested is what is deployed: every package is pinned, and the pins are what stands installed here."""

import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = ["layers/vendor/requirements.txt", "local/requirements.txt", "tests/requirements.txt", "bench/requirements.txt"]


def lines(path: str) -> list[str]:
    return [line for line in (ROOT / path).read_text().splitlines() if line and not line.startswith(("#", "-r "))]


def pins(path: str) -> dict[str, str]:
    return {normal(name): number for name, number in (re.sub(r"\[.*]", "", line).split("==") for line in lines(path))}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("path", LISTS)
def test_every_requirement_is_pinned_to_one_version(path):
    assert all(re.fullmatch(r"[\w.-]+(\[[\w,-]+])?==[\w.]+", line) for line in lines(path))


@pytest.mark.parametrize("path", LISTS[:3])
def test_the_pins_are_what_is_installed(path):
    assert {name: version(name) for name in pins(path)} == pins(path)


def test_the_vendor_layer_pins_all_that_its_packages_need():
    vendor = pins("layers/vendor/requirements.txt")
    for package in vendor:
        needed = [line for line in requires(package) or [] if "extra ==" not in line]
        missing = {normal(re.match(r"[\w.-]+", line)[0]) for line in needed} - set(vendor)
        assert not {name for name in missing if installed(name)}, package


def installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False  # A requirement for another platform or an older Python.
