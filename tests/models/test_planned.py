"""Ids made from titles, and comments that can be kept."""

import pytest
from pydantic import ValidationError

from models.planned import Comment, fresh_id, slug


def test_ids_from_titles():
    assert slug("Users love us: 70!") == "users-love-us-70"
    assert slug("Nöjda kunder 2026-Q4") == "nöjda-kunder-2026-q4"
    assert fresh_id("NPS", {"nps", "nps-2"}) == "nps-3"
    assert fresh_id("!?", set()) == "new"


@pytest.mark.parametrize("on", ["team/app", "objective/", "love"])
def test_a_comment_is_on_an_objective_or_a_key_result(on):
    with pytest.raises(ValidationError):
        Comment(on=on, text="x")


def test_a_comment_says_something():
    with pytest.raises(ValidationError):
        Comment(on="objective/a", text="   ")
