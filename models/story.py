"""A cycle told whole: the narrative, one per team, and a paragraph for every key result."""

from dataclasses import dataclass, field
from typing import Any

from models.narrative import Narrative
from models.scorecard import Scorecard
from models.sentences import title_of


@dataclass(frozen=True)
class Told:
    """One key result in a paragraph."""

    key_result: str
    title: str
    team: str
    text: str


@dataclass(frozen=True)
class Story:
    """`whole`: of the company or the chosen team; `teams`: by id, empty for one team; `paragraphs`: by key result."""

    card: Scorecard
    whole: Narrative
    teams: dict[str, Narrative] = field(repr=False)
    paragraphs: dict[str, str] = field(repr=False)

    def told(self, team: str | None = None) -> list[Told]:
        """The key results (of a team) in the order of the scorecard."""
        rows = self.card.key_results[["id", "title", "team"]]
        mine: list[dict[str, Any]] = (rows if team is None else rows[rows["team"] == team]).to_dict("records")
        return [Told(row["id"], title_of(row), str(row["team"]), self.paragraphs[row["id"]]) for row in mine]
