"""What is tested is what is deployed: every package is pinned, and the pins are what stands installed here."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ["layers/columns/requirements.txt", "layers/vendor/requirements.txt"]
LISTS = [*LAYERS, "local/requirements.txt", "tests/requirements.txt", "bench/requirements.txt"]


def lines(path: str) -> list[str]:
    return [line for line in (ROOT / path).read_text().splitlines() if line and not line.startswith(("#", "-r "))]


def pins(path: str) -> dict[str, str]:
    return {normal(name): number for name, number in (re.sub(r"\[.*]", "", line).split("==") for line in lines(path))}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("path", LISTS)
def test_every_requirement_is_pinned_to_one_version(path):
    assert all(re.fullmatch(r"[\w.-]+(\[[\w,-]+])?==[\w.]+", line) for line in lines(path))


@pytest.mark.parametrize("path", LISTS[:4])
def test_the_pins_are_what_is_installed(path):
    assert {name: version(name) for name in pins(path)} == pins(path)


@pytest.mark.parametrize("path", LAYERS)
def test_a_layer_pins_all_that_its_packages_need(path):
    pinned = pins(path)
    for package in pinned:
        needed = [line for line in requires(package) or [] if "extra ==" not in line]
        missing = {normal(re.match(r"[\w.-]+", line)[0]) for line in needed} - set(pinned)
        assert not {name for name in missing if installed(name)}, package


def test_no_two_layers_hold_the_same_package():
    held = [package for path in LAYERS for package in pins(path)]

    assert len(held) == len(set(held))


def test_the_packages_of_each_layer_are_installed_wherever_the_bundle_runs_on_one_machine():
    local = re.findall(r"(?m)^-r \.\./(.+)$", (ROOT / "local/requirements.txt").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["dynamic"]
    found = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("layers/*/requirements.txt"))

    assert local == project["dependencies"]["file"] == found == LAYERS


def installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False  # A requirement for another platform or an older Python.
