import pytest

from local.pumps import failed_items


@pytest.mark.parametrize("result", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_a_result_that_names_nothing_means_all_went_well(result):
    assert failed_items(result) == []


@pytest.mark.parametrize("result", [["x"], "x", {"batchItemFailures": "x"}, {"batchItemFailures": [{}]}, {"other": 1}])
def test_a_result_of_another_shape_means_nothing_went_well(result):
    assert failed_items(result) is None


def test_what_failed_is_named():
    assert failed_items({"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "b"}]}) == ["a", "b"]
