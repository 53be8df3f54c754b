"""Contents for the tests of the documents: a judged little company, and a hand-made one with any names and size."""

from functools import cache

import pandas as pd

from models.verdict import FLAGS
from pages.exports.content import Content, series_needed
from tests.models import test_scorecard as company
from tests.pages.fake_workspace import FakeWorkspace

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "=1+1",
    "5*3*2",
    "\u202egnp.exe\u202c",
    "🎯 launch <script>alert(1)</script>",
    "</style></script><script>alert(1)</script>",
    "@SUM(A1:A9)",
    "-2+3",
    "日本語 한국어 ∑ −5 %",
    "a\x0bb\ufffec",
    "&amp; ]]> --> ${7*7} {{7*7}}",
    "שלום",
)


@cache
def judged() -> Content:
    """The company of the scorecard's own tests: every verdict, really judged."""
    return Content(company.made(), company.observations())


def by_hand(count: int = 10, names: tuple[str, ...] = ()) -> Content:
    """Key results of the fake workspace; `names` take turns as the text that people typed."""
    workspace = FakeWorkspace(count=count)
    card = workspace.scorecard()
    rows, objectives = card.key_results, card.objectives
    rows["flag_notes"] = [[f"{FLAGS[code].word}: noted." for code in codes] for codes in rows["flags"]]
    if names:
        turns = [names[number % len(names)] for number in range(len(rows))]
        for column in ("title", "objective_title", "team_name", "owner", "kpi_name", "unit", "kpi_unit"):
            rows[column] = turns
        rows["sentence"] = [f"Passed, but {name} did not move." for name in turns]
        objectives["title"] = [names[number % len(names)] for number in range(len(objectives))]
        objectives["team_name"] = objectives["title"]
        card.links["kpi_name"] = card.links["team_name"] = turns
    pairs = series_needed(card)
    series = workspace.series_many(pairs) if pairs else pd.DataFrame(columns=["kpi", "segment", "period", "value"])
    return Content(card, series)
