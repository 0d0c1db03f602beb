import pytest
from tools import sum_by_group


def test_adds_up_each_group():
    rows = [
        {"who": "Ann", "amount": "2.50"},
        {"who": "Bob", "amount": "1"},
        {"who": "Ann", "amount": "0.25"},
    ]
    assert sum_by_group(rows, "who") == {"Ann": 2.75, "Bob": 1.0}


def test_groups_stand_in_the_order_of_their_first_row():
    rows = [{"k": "b", "amount": "1"}, {"k": "a", "amount": "1"}, {"k": "b", "amount": "1"}]
    assert list(sum_by_group(rows, "k").items()) == [("b", 2.0), ("a", 1.0)]


def test_no_rows_have_no_groups():
    assert sum_by_group([], "who") == {}


def test_a_missing_column_is_an_error():
    with pytest.raises(KeyError):
        sum_by_group([{"who": "Ann"}], "who")


def test_an_amount_that_is_not_a_number_is_an_error():
    with pytest.raises(ValueError):
        sum_by_group([{"who": "Ann", "amount": "many"}], "who")
