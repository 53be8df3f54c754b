"""The columns of the workbook's tables: heading, where the value comes from, how it is written, how wide it is."""

from dataclasses import dataclass

from models.language import mark

# How numbers are written: "level" by the size of each figure, the others by a number format.
FORMATS = {"score": "0.00", "share": "0.0%", "change": "+0.0%;−0.0%;0.0%", "count": "0", "day": "yyyy-mm-dd"}


@dataclass(frozen=True)
class Column:
    """`kind`: text, verdict, level, score, share, change, count, day, yes. `source` names the frame's column."""

    heading: str
    source: str
    kind: str = "text"
    width: int = 12
    wraps: bool = False


KEY_RESULTS = (
    Column(mark("Id"), "id", width=16),
    Column(mark("Verdict"), "verdict", "verdict", 16),
    Column(mark("So far"), "so_far", "yes", 8),
    Column(mark("Key result"), "title", width=46, wraps=True),
    Column(mark("Objective id"), "objective", width=14),
    Column(mark("Objective"), "objective_title", width=28),
    Column(mark("Team"), "team_name", width=18),
    Column(mark("Owner"), "owner", width=16),
    Column(mark("Level"), "level", width=13),
    Column(mark("Kind"), "kind", width=11),
    Column(mark("Weight"), "weight", "level", 9),
    Column(mark("Baseline"), "baseline", "level"),
    Column(mark("Target"), "target", "level"),
    Column(mark("Current"), "current", "level"),
    Column(mark("Unit"), "unit", width=14),
    Column(mark("Score"), "score", "score", 9),
    Column(mark("Score, original target"), "score_original_target", "score", 12),
    Column(mark("Passed"), "passed", "yes", 9),
    Column(mark("Pace"), "pace_word", width=10),
    Column(mark("Flags"), "flags", width=24),
    Column(mark("In words"), "sentence", width=70, wraps=True),
    Column(mark("Beside it"), "flag_notes", width=60, wraps=True),
    Column(mark("Can be told from"), "told_from", "day", 13),
    Column(mark("KPI"), "kpi_name", width=24),
    Column(mark("KPI unit"), "kpi_unit", width=12),
    Column(mark("Segment"), "segment", width=10),
    Column(mark("Expected"), "expected", "level"),
    Column(mark("Actual"), "actual", "level"),
    Column(mark("Effect"), "effect", "level"),
    Column(mark("Effect, lower end"), "lo", "level"),
    Column(mark("Effect, upper end"), "hi", "level"),
    Column(mark("Effect, share of expected"), "effect_relative", "change"),
    Column(mark("Periods"), "n", "count", 9),
    Column(mark("Original baseline"), "original_baseline", "level"),
    Column(mark("Original target"), "original_target", "level"),
    Column(mark("Illustrative target"), "illustrative", "yes", 11),
    Column(mark("Owner's confidence"), "confidence", "level"),
    Column(mark("Checked in"), "checked_in", "day"),
)
OBJECTIVES = (
    Column(mark("Id"), "id", width=16),
    Column(mark("Objective"), "title", width=46, wraps=True),
    Column(mark("Team"), "team_name", width=20),
    Column(mark("Level"), "level", width=13),
    Column(mark("Owner"), "owner", width=16),
    Column(mark("Supports"), "parent", width=18),
    Column(mark("Score"), "score", "score", 9),
    Column(mark("Band"), "band", width=10),
    Column(mark("Without a value"), "unknown", "count", 10),
    Column(mark("Hints"), "hints", width=40),
)
LINKS = (
    Column(mark("Key result"), "key_result", width=16),
    Column(mark("Role"), "role", width=11),
    Column(mark("KPI"), "kpi", width=20),
    Column(mark("Name"), "kpi_name", width=28),
    Column(mark("Segment"), "segment", width=10),
    Column(mark("Owned by"), "team_name", width=18),
    Column(mark("Lag, days"), "lag", "count", 9),
    Column(mark("Movement"), "move_verdict", "movement", 14),
    Column(mark("Unit"), "kpi_unit", width=14),
    Column(mark("Expected"), "expected", "level"),
    Column(mark("Actual"), "actual", "level"),
    Column(mark("Effect"), "effect", "level"),
    Column(mark("Effect, lower end"), "lo", "level"),
    Column(mark("Effect, upper end"), "hi", "level"),
    Column(mark("Effect, share of expected"), "effect_relative", "change"),
    Column(mark("Periods"), "n", "count", 9),
    Column(mark("First day of the window"), "window_start", "day"),
    Column(mark("Last day"), "window_end", "day"),
)
