"""What every test stands on: no real account in reach, and how hard the property tests try."""

import os
from itertools import groupby

import pytest
from hypothesis import HealthCheck, Phase, settings

# Set before any module under test is imported: a forgotten fake must fail, not find somebody's real account.
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_SESSION_TOKEN="testing",
    AWS_REGION="us-east-1",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
)
for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
    os.environ.pop(name, None)

# To explain a failure takes longer than to find it, and mutants fail on purpose.
PHASES = [phase for phase in Phase if phase is not Phase.explain]
settings.register_profile(
    "test",
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    phases=PHASES,
)
settings.register_profile("prove", settings.get_profile("test"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


def pytest_addoption(parser):
    parser.addoption("--story", action="store_true", help="one line per story: what happened, and whether it held")


MUTANTS_A_TEST = 3
"""Of so many mutants of one kind one is put in by `make test`, and the others by `make prove`."""


@pytest.hookimpl(tryfirst=True)  # Before those are left out that a run does not ask for.
def pytest_collection_modifyitems(items):
    """What lasts longest is begun first, so that none of it is waited for at the end by all but one process."""
    items.sort(key=lambda item: item.path.name != "test_policies.py" and "stories" not in item.path.parts)
    mutants = [item for item in items if "mutants" in item.path.name and not item.get_closest_marker("prove")]
    for _, of_one_kind in groupby(mutants, key=lambda item: (item.path, item.originalname)):
        for place, item in enumerate(of_one_kind):
            if place % MUTANTS_A_TEST:
                item.add_marker(pytest.mark.prove)


@pytest.hookimpl(trylast=True)  # The terminal must be there before anybody writes to it.
def pytest_configure(config):
    if config.getoption("--story"):
        config.pluginmanager.register(StoryTeller(config))


class StoryTeller:
    """One line a story, taken from its name."""

    def __init__(self, config):
        self._out = config.get_terminal_writer()

    def pytest_report_teststatus(self, report):
        return (report.outcome, "", "") if report.when == "call" else None

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome == "skipped":
            mark = {"passed": "held   ", "failed": "BROKE  ", "skipped": "skipped"}[report.outcome]
            name = report.nodeid.split("::")[-1].removeprefix("test_").replace("_", " ")
            self._out.line(f"{mark} {report.duration:6.1f} s  {name}")
