"""Rows that say which revision of them they are, each written in the place of the one before."""

from typing import Any

from shopkeeper.aws.single import written


def put(dynamodb: Any, table: str, row: dict[str, Any], overtaken: type[Exception]) -> None:
    """The first revision is 1, and takes the place of none. Raises Unavailable, and `overtaken` if another is there."""
    revision = int(row["revision"]["N"])
    is_first = revision == 1
    condition = "attribute_not_exists(revision)" if is_first else "revision = :before"
    before = {} if is_first else {"ExpressionAttributeValues": {":before": {"N": str(revision - 1)}}}
    if not written(dynamodb.put_item, TableName=table, Item=row, ConditionExpression=condition, **before):
        raise overtaken(row["record" if "record" in row else "id"]["S"])
