"""The columns of the workbook's tables: heading, where the value comes from, how it is written, how wide it is."""

from dataclasses import dataclass

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
    Column("Id", "id", width=16),
    Column("Verdict", "verdict", "verdict", 16),
    Column("So far", "so_far", "yes", 8),
    Column("Key result", "title", width=46, wraps=True),
    Column("Objective id", "objective", width=14),
    Column("Objective", "objective_title", width=28),
    Column("Team", "team_name", width=18),
    Column("Owner", "owner", width=16),
    Column("Level", "level", width=13),
    Column("Kind", "kind", width=11),
    Column("Weight", "weight", "level", 9),
    Column("Baseline", "baseline", "level"),
    Column("Target", "target", "level"),
    Column("Current", "current", "level"),
    Column("Unit", "unit", width=14),
    Column("Score", "score", "score", 9),
    Column("Score, original target", "score_original_target", "score", 12),
    Column("Passed", "passed", "yes", 9),
    Column("Pace", "pace_word", width=10),
    Column("Flags", "flags", width=24),
    Column("In words", "sentence", width=70, wraps=True),
    Column("Beside it", "flag_notes", width=60, wraps=True),
    Column("Can be told from", "told_from", "day", 13),
    Column("KPI", "kpi_name", width=24),
    Column("KPI unit", "kpi_unit", width=12),
    Column("Segment", "segment", width=10),
    Column("Expected", "expected", "level"),
    Column("Actual", "actual", "level"),
    Column("Effect", "effect", "level"),
    Column("Effect, lower end", "lo", "level"),
    Column("Effect, upper end", "hi", "level"),
    Column("Effect, share of expected", "effect_relative", "change"),
    Column("Periods", "n", "count", 9),
    Column("Original baseline", "original_baseline", "level"),
    Column("Original target", "original_target", "level"),
    Column("Illustrative target", "illustrative", "yes", 11),
    Column("Owner's confidence", "confidence", "level"),
    Column("Checked in", "checked_in", "day"),
)
OBJECTIVES = (
    Column("Id", "id", width=16),
    Column("Objective", "title", width=46, wraps=True),
    Column("Team", "team_name", width=20),
    Column("Level", "level", width=13),
    Column("Owner", "owner", width=16),
    Column("Supports", "parent", width=18),
    Column("Score", "score", "score", 9),
    Column("Band", "band", width=10),
    Column("Without a value", "unknown", "count", 10),
    Column("Hints", "hints", width=40),
)
LINKS = (
    Column("Key result", "key_result", width=16),
    Column("Role", "role", width=11),
    Column("KPI", "kpi", width=20),
    Column("Name", "kpi_name", width=28),
    Column("Segment", "segment", width=10),
    Column("Owned by", "team_name", width=18),
    Column("Lag, days", "lag", "count", 9),
    Column("Movement", "move_verdict", "movement", 14),
    Column("Unit", "kpi_unit", width=14),
    Column("Expected", "expected", "level"),
    Column("Actual", "actual", "level"),
    Column("Effect", "effect", "level"),
    Column("Effect, lower end", "lo", "level"),
    Column("Effect, upper end", "hi", "level"),
    Column("Effect, share of expected", "effect_relative", "change"),
    Column("Periods", "n", "count", 9),
    Column("First day of the window", "window_start", "day"),
    Column("Last day", "window_end", "day"),
)
