"""Which calls each service of the local stack has, by the names that `/_local/crash` takes."""

from functools import cache

from botocore.session import get_session

_AS_BOTOCORE_HAS_IT = {"states": "stepfunctions"}
_RUN_HERE = {"sesv2": ["SendEmail", "GetAccount"]}


@cache
def of(service: str) -> list[str]:
    """Such as `SendMessage`, sorted. Of a service that runs in part, only what runs."""
    name = _AS_BOTOCORE_HAS_IT.get(service, service)
    return _RUN_HERE.get(service) or sorted(get_session().get_service_model(name).operation_names)
