"""Data health: states, reasons and the sentence on top, exact on a company of four KPIs and three sources."""

from datetime import date

import pandas as pd
import pytest

from models.company import kpi_frame
from models.data_health import data_health, newest_loads
from models.kpi import Kpi

AS_OF = date(2026, 6, 30)
KPIS = kpi_frame(
    [
        Kpi(id="visits", cadence="week", source="app"),
        Kpi(id="churn", cadence="month"),
        Kpi(id="share", cadence="week", aggregation="ratio", numerator="visits", denominator="visits"),
        Kpi(id="planned", source="plan"),
    ]
)
LOAD = {"recorded_by": "ada", "accepted_new": 8, "unchanged": 1, "restated": 0, "repeated": 0, "rejected": 0,
        "checks": 17, "failed": 0, "warned": 0, "undone_at": None}  # fmt: skip


def arrivals(**last):
    frame = pd.DataFrame({"kpi": list(last), "last": pd.to_datetime([day for day, _, _ in last.values()])})
    numbers = {"load_id": [load for _, load, _ in last.values()], "restated": [n for _, _, n in last.values()]}
    restated_by = pd.array([load if n else None for _, load, n in last.values()], dtype="Int64")
    return frame.assign(**numbers, restated_by=restated_by)


def loads(*rows):
    made = [{**LOAD, "load_id": i, "file": f"{source}-{i}.csv", "source": source, "status": status, **more}
            for i, (source, status, more) in enumerate(rows, start=1)]  # fmt: skip
    frame = pd.DataFrame(made[::-1]).assign(recorded_at=pd.Timestamp("2026-06-29 06:30"))
    return frame.assign(undone_at=pd.to_datetime(frame["undone_at"]))


def failures(*rows):
    columns = ["load_id", "kpi", "expectation", "blocking", "detail"]
    return pd.DataFrame(list(rows), columns=columns).astype({"blocking": bool})


FRESH = {"visits": ("2026-06-22", 1, 0), "churn": ("2026-05-01", 2, 3), "planned": ("2026-05-01", 2, 0)}
BOTH = loads(("app", "stored", {}), ("people", "stored", {"restated": 3}))


def test_fresh_everywhere():
    found = data_health(KPIS, arrivals(**FRESH), BOTH, failures(), AS_OF)
    assert found.headline == "All 4 KPIs are fresh, and the last load of every source was taken in whole."
    rows = found.kpis.set_index("id")
    assert list(rows["state"]) == ["fresh"] * 4
    assert list(rows["source"]) == ["app", "people", "app", "people"]  # who brought it last, whatever the definition
    assert list(rows["load_id"]) == [1, 2, 1, 2]
    assert list(rows["restated"]) == [0, 3, 0, 0]
    assert set(rows["failing"]) == {""}
    shown = found.sources[["id", "kpis", "late", "loads", "values"]].to_records(index=False).tolist()
    assert shown == [("app", 2, 0, 1, 9), ("people", 2, 0, 1, 12)]


@pytest.mark.parametrize(
    ("status", "more", "sentence", "lost"),
    [
        ("stored", {}, "", 0.0),
        ("partial", {"rejected": 1}, "the last load of people refused 1 value", 0.1),
        ("partial", {"rejected": 3}, "the last load of people refused 3 values", 0.25),
        ("rejected", {"rejected": 1}, "the last load of people was refused", 1.0),
        ("needs_input", {}, "the last file of people could be read in two ways and was not loaded", 1.0),
    ],
)
def test_the_newest_load_of_a_source_is_told(status, more, sentence, lost):
    found = data_health(
        KPIS, arrivals(**FRESH), loads(("app", "stored", {}), ("people", "stored", {}), ("people", status, more)),
        failures(), AS_OF,
    )  # fmt: skip
    whole = "All 4 KPIs are fresh, and the last load of every source was taken in whole"
    assert found.headline == f"{sentence or whole}.".replace("the last", "The last", 1 if sentence else 0)
    assert list(found.quality["lost"]) == [0.0, 0.0, lost]
    refused = status in ("rejected", "needs_input")
    assert list(found.kpis["failing"] != "") == [False, refused, False, refused]


def test_late_never_and_a_load_taken_back():
    made = loads(("app", "stored", {}), ("app", "rejected", {"undone_at": "2026-06-30"}), ("plan", "stored", {}))
    found = data_health(
        KPIS, arrivals(visits=("2026-06-01", 1, 0), churn=("2026-05-01", 1, 0)), made, failures(), AS_OF
    )
    assert found.headline == "2 of 4 KPIs are late; 1 has no value yet."
    assert newest_loads(made) == [3, 1]
    rows = found.kpis.set_index("id")
    assert rows.loc["planned", ["state", "source"]].tolist() == ["never", "plan"]
    assert pd.isna(rows.loc["planned", "load_id"])
    assert list(found.quality["load_id"]) == [1, 3]


def test_a_failed_check_of_the_newest_load_names_the_kpi():
    made = failures(
        (1, "visits", "value_in_range", True, "With a value outside the KPI's range: 2 rows."),
        (2, "churn", "no_jump", False, "With a jump from the value before: 1 row."),
    )
    found = data_health(KPIS, arrivals(**FRESH), BOTH, made, AS_OF)
    assert list(found.kpis["failing"]) == ["With a value outside the KPI's range: 2 rows.", "", "", ""]


def test_more_troubles_than_a_sentence_holds():
    made = loads(*((f"s{i}", "rejected", {}) for i in range(5)))
    found = data_health(KPIS, arrivals(**FRESH), made, failures(), AS_OF)
    assert found.headline == (
        "The last load of s0 was refused; the last load of s1 was refused; the last load of s2 was refused; "
        "2 more sources had trouble."
    )


def test_nothing_at_all():
    found = data_health(KPIS.head(0), arrivals(), loads(("a", "stored", {})).head(0), failures(), AS_OF)
    assert (len(found.kpis), len(found.sources), len(found.quality)) == (0, 0, 0)
