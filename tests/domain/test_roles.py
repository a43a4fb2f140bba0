"""What the gateway says of a token decides what its holder may do; what cannot be read grants nothing."""

import pytest

from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER, caller


def event(groups="[marketer]", **claims):
    claims = {"sub": "u-1", "cognito:groups": groups} | claims
    return {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}


def test_groups_arrive_as_one_text():
    assert caller(event("[marketer admin]")).groups == {"marketer", "admin"}


@pytest.mark.parametrize(
    "claim",
    [None, "", "marketer", "[marketer", "marketer]", "[[marketer]]", "[marketer, admin]", ["marketer"], "[]", "[boss]"],
)
def test_what_cannot_be_read_grants_nothing(claim):
    assert caller(event(claim)).groups == frozenset()


def test_a_caller_outside_the_groups_is_refused_and_told_which_they_are():
    with pytest.raises(Problem) as refused:
        caller(event("[viewer agent]")).must_be(MARKETER, ADMIN)

    assert refused.value.status == 403
    assert "marketer, admin" in refused.value.detail


@pytest.mark.parametrize("request_context", [{}, {"authorizer": None}, {"authorizer": {"jwt": {"claims": {}}}}])
def test_a_request_without_a_verified_token_is_nobodys(request_context):
    with pytest.raises(Problem) as refused:
        caller({"requestContext": request_context})

    assert refused.value.status == 401
