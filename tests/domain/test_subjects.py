import pytest

from shopkeeper.customer.subjects import NotAnId, id_text, subject


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("42", "42"),
        (42, "42"),
        (42.0, "42"),
        (4.5, "4.5"),
        (" 42", " 42"),
        (None, ""),
        ("", ""),
        ("  ", ""),
        ("Ä", "Ä"),
    ],
)
def test_ids_become_text_as_sdks_make_it(value, text):
    assert id_text(value) == text


@pytest.mark.parametrize(
    "value", ["undefined", "NULL", " None ", "guest", 0, -1, "0", '"null"', "[object Object]", "N/A"]
)
def test_what_names_nobody_is_no_id(value):
    with pytest.raises(NotAnId) as caught:
        id_text(value)
    assert caught.value.code == "not_an_id"


@pytest.mark.parametrize("word", "server Backend TEST - localhost web app website mobile 127.0.0.1 demo".split())
def test_a_word_that_many_would_share_is_no_id(word):
    with pytest.raises(NotAnId):
        id_text(word)
    assert id_text(f"{word}42") == f"{word}42"


@pytest.mark.parametrize("value", [True, [], {}, ["42"]])
def test_only_text_and_numbers_are_ids(value):
    with pytest.raises(NotAnId) as caught:
        id_text(value)
    assert caught.value.code == "wrong_type"


def test_a_subject_fits_into_a_key():
    assert len(subject("user", "ä" * 253).encode()) == 511
    with pytest.raises(NotAnId) as caught:
        subject("user", "ä" * 254)
    assert caught.value.code == "too_long"
