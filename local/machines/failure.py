"""How a state fails."""

RUNTIME = "States.Runtime"
TOO_LARGE = "States.DataLimitExceeded"


class Failed(Exception):
    """`error` is what Retry and Catch look for, such as `States.Timeout`."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


def is_meant(wanted: list[str], error: str) -> bool:
    """Whether a Retry or Catch for the `wanted` errors takes this one."""
    if error in wanted:
        return True
    if "States.TaskFailed" in wanted and error != "States.Timeout" and error not in (RUNTIME, TOO_LARGE):
        return True
    return "States.ALL" in wanted and error not in (RUNTIME, TOO_LARGE)
