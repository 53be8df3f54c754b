"""Every threshold of the product, once, with its unit and its reason. Pages and exports print the policy in force."""

from dataclasses import dataclass, field, fields
from typing import Any


def _threshold(default: Any, unit: str, why: str) -> Any:
    return field(default=default, metadata={"unit": unit, "why": why})


@dataclass(frozen=True)
class Policy:
    """The thresholds in force. A frozen scorecard keeps the policy it was made with."""

    committed_pass: float = _threshold(1.0, "score", "A committed key result is a promise: all of it.")
    aspirational_pass: float = _threshold(
        0.7, "score", "An aspirational target is set beyond reach; 0.7 of it is a win."
    )
    red_below: float = _threshold(0.4, "score", "Scores in [0, red) are red.")
    amber_below: float = _threshold(0.7, "score", "Scores in [red, amber) are amber, [amber, 1] green.")
    too_easy_above: float = _threshold(
        0.9, "score", "An aspirational objective that averages above this had targets that may be too easy."
    )
    behind_up_to: float = _threshold(
        0.25, "share of the cycle", "Progress this far behind expected is behind; more is at risk."
    )
    confidence: float = _threshold(0.95, "probability", "Moved means this interval of the effect excludes 0.")
    flat_confidence: float = _threshold(
        0.90,
        "probability",
        "Flat means this interval lies inside the smallest change that matters (two one-sided tests at 5 %).",
    )
    min_change: float = _threshold(
        0.05, "share of the expected value", "Smallest change that matters where a KPI does not define its own."
    )
    easy_by_luck: float = _threshold(
        0.5, "probability", "A target that is met by doing nothing more often than not says nothing of the work."
    )
    out_of_reach: float = _threshold(
        0.1, "probability", "A target met so seldom even if the best past window repeated is beyond what was ever done."
    )
    fewest_objectives: int = _threshold(
        2, "objectives of a team", "One objective says nothing of what must not suffer."
    )
    most_objectives: int = _threshold(3, "objectives of a team", "With more nobody can say which comes first.")
    fewest_key_results: int = _threshold(
        2, "key results of an objective", "One figure can be met for the wrong reason."
    )
    most_key_results: int = _threshold(5, "key results of an objective", "More than a handful is not remembered.")
    confidence_drop: float = _threshold(
        2, "of 10", "An owner's confidence moves by one for no reason; a fall of two is news for the stand-up."
    )
    stale_action: int = _threshold(
        14,
        "days overdue",
        "An action two weeks overdue is no longer late: somebody has to decide whether it is wanted.",
    )
    silent_rounds: int = _threshold(
        2, "rounds of check-ins", "Who misses two rounds has not forgotten: the key result may be given up."
    )
    false_discoveries: float = _threshold(
        0.10,
        "share of the KPIs listed",
        "Of the KPIs that got worse beside a win, declared by nobody, at most this share is listed by chance.",
    )
    strong_evidence: float = _threshold(
        0.01,
        "probability",
        "A worsening that chance brings less often (q of those looked at, p of a guardrail) is called strong.",
    )
    likely: float = _threshold(
        0.5, "probability", "A key result in flight is likely to get there when the odds are not against it."
    )
    min_days: int = _threshold(14, "days", "A daily KPI needs two whole weeks in the window before it is judged.")
    min_weeks: int = _threshold(4, "weeks", "A weekly KPI needs four weeks in the window before it is judged.")
    min_months: int = _threshold(2, "months", "A monthly KPI needs two months in the window before it is judged.")
    min_quarters: int = _threshold(
        1, "quarters", "A quarterly KPI needs one quarter in the window before it is judged."
    )
    day_grace: int = _threshold(
        2, "days after the day", "A daily value is late after a weekend without anyone at work."
    )
    week_grace: int = _threshold(4, "days after the week", "A weekly value is late when the next week is half over.")
    month_grace: int = _threshold(15, "days after the month", "Books and registers close in the first half of a month.")
    quarter_grace: int = _threshold(30, "days after the quarter", "Quarterly figures take about a month to close.")
    earliest_year: int = _threshold(
        1990, "calendar year", "An older period is nearly always a placeholder such as 1900-01-01."
    )
    jump_factor: float = _threshold(
        10.0,
        "times the value before",
        "A tenfold rise or fall from one period to the next is more often a unit or a decimal mark than news.",
    )
    trend_share: float = _threshold(
        0.5,
        "share of a span's periods",
        "A week, month or period to date is summed or averaged when at least this much of it has values.",
    )
    dots_for_limits: int = _threshold(
        12, "periods", "Natural limits from fewer dots are a guess; a shift must last as long to get limits of its own."
    )
    off_weekday: float = _threshold(
        0.1, "share of such weekdays", "A weekday with values more seldom than this is a day off, not a missing day."
    )
    off_weekday_after: int = _threshold(
        4, "such weekdays", "A weekday that came fewer times than this is too new to be called a day off."
    )

    check_in_days: int = _threshold(
        14, "days", "A key result that is reported by hand and was not for two weeks is flying blind."
    )
    lead_strong: float = _threshold(
        0.5, "correlation of changes", "From here a quarter of one KPI's surprises goes with the other's."
    )
    lead_weak: float = _threshold(
        0.2, "correlation of changes", "Strong also needs the near end of the interval to be at least this."
    )
    lead_fewest: int = _threshold(
        30, "weeks, months or quarters in common", "Correlations of fewer changes jump about by more than 0.5."
    )
    lead_weeks: int = _threshold(
        13, "weeks", "The longest lag looked at between KPIs by day or week: a quarter, the length of a cycle."
    )
    lead_months: int = _threshold(6, "months", "The longest lag looked at between KPIs by month.")
    lead_quarters: int = _threshold(2, "quarters", "The longest lag looked at between KPIs by quarter.")
    survey_fewest: int = _threshold(
        3, "answers", "With fewer answers a survey's results would tell who said what; they are not shown."
    )
    chances_fewest: int = _threshold(
        8, "key results", "Chances given for fewer key results say more of luck than of judgement."
    )

    pull_look_back: int = _threshold(
        35, "days", "Facts of a warehouse are corrected until about a month later; so far back they are asked again."
    )

    def min_periods(self, cadence: str) -> int:
        """Fewest complete periods of the window that can be judged, for a cadence day, week, month or quarter."""
        return {"day": self.min_days, "week": self.min_weeks, "month": self.min_months, "quarter": self.min_quarters}[
            cadence
        ]

    def longest_lag(self, cadence: str) -> int:
        """The longest lag, in periods, at which one KPI is looked for in another's past: week, month or quarter."""
        return {"week": self.lead_weeks, "month": self.lead_months, "quarter": self.lead_quarters}[cadence]

    def grace(self, cadence: str) -> int:
        """Days after the end of a period, for a cadence day, week, month or quarter, until its value is late."""
        return {
            "day": self.day_grace,
            "week": self.week_grace,
            "month": self.month_grace,
            "quarter": self.quarter_grace,
        }[cadence]

    def as_rows(self) -> list[dict[str, Any]]:
        """One row per threshold: name, value, unit, why."""
        return [
            {"name": f.name, "value": getattr(self, f.name), "unit": f.metadata["unit"], "why": f.metadata["why"]}
            for f in fields(self)
        ]

    def as_dict(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}


POLICY = Policy()
