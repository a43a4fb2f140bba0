"""A call of boto3 that is answered early says as much of an error as one that was sent."""

import pytest

from local.stack import Stack


def test_the_item_that_a_condition_failed_on_is_told():
    row = {"record": {"S": "a"}, "answer": {"S": "first"}}
    with Stack.start() as stack:
        dynamodb = stack.client("dynamodb")
        dynamodb.put_item(TableName="RecordsTable", Item=row)
        with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as refused:
            dynamodb.put_item(
                TableName="RecordsTable",
                Item=row,
                ConditionExpression="attribute_not_exists(answer)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

    assert refused.value.response["Item"] == row
