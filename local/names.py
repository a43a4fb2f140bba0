"""One name for each service, however a client, a signature or a policy calls it."""

_OTHERS = {"sfn": "states", "stepfunctions": "states", "ses": "sesv2"}


def service(name: str) -> str:
    """Of, for example, `secrets-manager` as boto3 has it in the names of its events."""
    plain = name.replace("-", "")
    return _OTHERS.get(plain, plain)
