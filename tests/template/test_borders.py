"""Imports run one way, the clock is read in one place, and no file or function outgrows a page."""

import ast
import logging
import statistics
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "layers/core/shopkeeper"
GROUND = ["clock", "ids", "money", "zones", "tokens", "keyring", "pages", "pauses", "prices"]
STANDARD_ONLY = {*GROUND, "track"}
# Each area may use the ground, itself and what stands before it.
AREAS = ["track", "customer", "segment", "consent", "mail", "campaign", "journey", "connect"]


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if ".venv" not in path.parts)


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All of a file, read once: most rules below look at every file."""
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def imported(path: Path) -> set[str]:
    names = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room(dotted: str) -> str:
    """`shopkeeper.customer.fold.fold` stands in `customer`."""
    return dotted.split(".")[1]


def core_files():
    for path in sources("layers/core/shopkeeper"):
        yield path, path.relative_to(CORE).parts[0].removesuffix(".py")


def outside(names):
    return {name.split(".")[0] for name in names} - {"shopkeeper"}


def test_every_room_of_the_core_is_known():
    assert {own for _, own in core_files()} <= {"__init__", "aws", "api", *GROUND, *AREAS}


def test_imports_between_areas_run_one_way():
    for path, own in core_files():
        used = {room(name) for name in imported(path) if name.startswith("shopkeeper.")} - {own}
        if own in GROUND:
            allowed = set(GROUND)
        elif own in AREAS:
            allowed = {*GROUND, *AREAS[: AREAS.index(own)]} - ({"track"} if own != "track" else set())
        elif own == "api":
            allowed = {*GROUND, *AREAS, "aws"}
        else:
            allowed = {*GROUND, *AREAS}
        assert used <= allowed, f"{path.relative_to(ROOT)} reaches for {used - allowed}"


def test_only_aws_knows_the_sdk_and_only_functions_and_the_routes_know_powertools():
    for path, own in core_files():
        foreign = outside(imported(path))
        powertools = {name for name in imported(path) if name.startswith("aws_lambda_powertools")}
        handling = {name for name in powertools if name.startswith("aws_lambda_powertools.event_handler")}
        assert powertools <= (handling if own == "api" else set()), path
        assert own == "aws" or not foreign & {"boto3", "botocore"}, path
    for path in sources("functions"):
        assert not outside(imported(path)) & {"boto3", "botocore", "pydantic"}, path


def test_the_ground_and_tracking_stand_on_the_standard_library():
    for path, own in core_files():
        if own in STANDARD_ONLY:
            assert outside(imported(path)) <= set(sys.stdlib_module_names), path


def test_functions_know_each_other_not_at_all_and_are_one_module_each():
    for path in sources("functions"):
        assert path.name == "app.py", path
        assert not any(name.startswith("functions") for name in imported(path)), path


def calls(path: Path):
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func)


def test_nobody_but_the_clock_reads_the_time():
    forbidden = {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "datetime.datetime.now",
    }
    for path in sources("functions", "layers/core"):
        if path != CORE / "clock.py":
            assert not forbidden & set(calls(path)), path


def test_the_environment_is_read_by_functions_and_by_adapters_only():
    for path, own in core_files():
        if own != "aws":
            assert "os.environ" not in path.read_text(), path


def lengths(path: Path):
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or 0) - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.name}"


@pytest.mark.parametrize("folder", ["functions", "layers/core", "local", "bench"])
def test_functions_and_files_fit_on_a_page(folder):
    for path in sources(folder):
        assert len(path.read_text().splitlines()) <= 250, f"{path} is a room that may be two"
    measured = sorted(item for path in sources(folder) for item in lengths(path))
    if measured:
        assert measured[-1][0] <= 40, measured[-1]


def test_most_functions_are_short():
    measured = sorted(length for path in sources("functions", "layers/core") for length, _ in lengths(path))

    assert statistics.median(measured) <= 8
    assert measured[int(len(measured) * 0.9)] <= 20


def logged_fields(path: Path):
    for node in nodes(path):
        if isinstance(node, ast.Call):
            for extra in (keyword.value for keyword in node.keywords if keyword.arg == "extra"):
                yield from (key.value for key in getattr(extra, "keys", []) if isinstance(key, ast.Constant))


def test_no_log_line_uses_a_name_that_logging_keeps_for_itself():
    """It would raise KeyError, and only when there is something to say."""
    own = {*vars(logging.makeLogRecord({})), "message", "asctime"}
    for path in sources("functions", "layers/core"):
        assert not own & set(logged_fields(path)), path
