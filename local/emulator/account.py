"""The account that the local stack pretends to be."""

ACCOUNT = "123456789012"
REGION = "eu-central-1"
PARTITION = "aws"
URL_SUFFIX = "amazonaws.com"
SECRET_KEY = "local"

S3_PATH = "/_local/s3"
"""Where S3 is served on the port of the stack, so that signed upload addresses lead there."""


def arn(service: str, resource: str) -> str:
    return f"arn:{PARTITION}:{service}:{REGION}:{ACCOUNT}:{resource}"
