"""What a load brings, changes, confirms and takes back; what was known as of a moment."""

from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import as_known, ledger
from data.store import Store, data_version, open_store
from tests.budget import examples
from tests.data.conftest import ON_A_LAKE

JAN, FEB, MAR, APR = (datetime(2024, month, 1) for month in (1, 2, 3, 4))
LATER = datetime(2030, 1, 1)


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "s.duckdb")


def take(store: Store, rows: list[tuple], at: datetime, source: str = "src", sha: str = "") -> tuple[int, dict]:
    frame = pd.DataFrame(rows, columns=["kpi", "period", "value"]).assign(segment="all", exact=None)
    record = ledger.LoadRecord(at, "ann", "f.csv", sha or str(at), source)
    with store.write() as connection:
        ledger.stage(connection, frame.astype({"period": "datetime64[ns]"}))
        compared = ledger.compare(connection, source, at)
        return ledger.record(connection, record, "stored", compared.counts, []), compared.counts


def undo(store: Store, load_id: int, at: datetime) -> None:
    with store.write() as connection:
        ledger.undo(connection, load_id, at, "ann")


def known(store: Store, as_of: datetime = LATER) -> dict[tuple[str, str], tuple[float, int]]:
    with store.read() as connection:
        frame = as_known.observations(connection, ["a", "b"], as_of)
    return {(r.kpi, str(r.period.date())): (r.value, r.load_id) for r in frame.itertuples()}


A1, A2 = ("a", "2024-01-01"), ("a", "2024-02-01")


def test_counts_tell_new_unchanged_restated_and_absent(store):
    assert take(store, [(*A1, 1.0), (*A2, 2.0)], JAN)[1] == {
        "accepted_new": 2, "unchanged": 0, "restated": 0, "absent": 0,
    }  # fmt: skip
    assert take(store, [(*A1, 1.0), ("a", "2024-03-01", 5.0)], FEB)[1] == {
        "accepted_new": 1, "unchanged": 1, "restated": 0, "absent": 1,
    }  # fmt: skip
    assert take(store, [(*A1, 1.5), (*A2, 2.0 * (1 + 1e-12))], MAR)[1] == {
        "accepted_new": 0, "unchanged": 1, "restated": 1, "absent": 0,
    }  # fmt: skip


def test_absent_counts_only_the_same_source_and_the_days_the_extract_spans(store):
    take(store, [(*A1, 1.0)], JAN, source="crm")
    assert take(store, [("b", "2024-01-01", 1.0)], FEB, source="erp")[1]["absent"] == 0
    assert take(store, [("b", "2024-02-01", 1.0)], MAR, source="erp")[1]["absent"] == 0


def test_a_restatement_keeps_both_truths(store):
    take(store, [(*A1, 1.0)], JAN)
    second, _ = take(store, [(*A1, 1.5)], MAR)
    assert known(store)[A1] == (1.5, 2)
    assert known(store, FEB)[A1] == (1.0, 1)
    with store.read() as connection:
        changed = ledger.restatements(connection, second)
    assert changed[["kpi", "old", "new"]].values.tolist() == [["a", 1.0, 1.5]]


def test_undo_brings_back_the_value_before_and_the_past_still_shows_it(store):
    take(store, [(*A1, 1.0)], JAN)
    second, _ = take(store, [(*A1, 1.5)], FEB)
    undo(store, second, MAR)
    assert known(store)[A1] == (1.0, 1)
    assert known(store, datetime(2024, 2, 15))[A1] == (1.5, 2)


def test_undo_of_a_load_leaves_what_a_later_load_confirmed(store):
    first, _ = take(store, [(*A1, 1.0), (*A2, 2.0)], JAN)
    take(store, [(*A1, 1.0)], FEB)
    undo(store, first, MAR)
    assert known(store) == {A1: (1.0, 2)}
    # As of a day before the undo both values stand; the confirmed one is traced to the load that confirmed it.
    assert known(store, datetime(2024, 2, 15)) == {A1: (1.0, 2), A2: (2.0, 1)}


def test_undo_of_a_load_leaves_what_a_later_load_changed(store):
    first, _ = take(store, [(*A1, 1.0)], JAN)
    take(store, [(*A1, 1.5)], FEB)
    undo(store, first, MAR)
    assert known(store) == {A1: (1.5, 2)}


def test_confirmations_hand_a_value_on_along_a_chain(store):
    for at in (JAN, FEB, MAR):
        take(store, [(*A1, 1.0)], at)
    undo(store, 1, APR)
    undo(store, 2, APR)
    assert known(store) == {A1: (1.0, 3)}


def test_equal_moments_fall_back_to_load_order(store):
    take(store, [(*A1, 1.0)], JAN)
    take(store, [(*A1, 2.0)], JAN, sha="other")
    assert known(store)[A1] == (2.0, 2)


def test_bytes_are_recognised_until_their_load_is_undone(store):
    first, _ = take(store, [(*A1, 1.0)], JAN, sha="x")
    with store.read() as connection:
        assert ledger.stored_already(connection, "x", "src", "") == first
        assert ledger.stored_already(connection, "x", "src", "decimal: ','") is None
    undo(store, first, FEB)
    with store.read() as connection:
        assert ledger.stored_already(connection, "x", "src", "") is None


def test_every_write_raises_the_data_version_and_a_failed_one_does_not(store):
    take(store, [(*A1, 1.0)], JAN)
    with pytest.raises(RuntimeError, match="stop"), store.write() as connection:
        connection.execute("DELETE FROM observation")
        raise RuntimeError("stop")
    with store.read() as connection:
        assert data_version(connection) == 1
    assert known(store) == {A1: (1.0, 1)}


STEP = st.one_of(
    st.tuples(
        st.just("load"),
        st.dictionaries(st.sampled_from([A1, A2, ("b", "2024-01-01")]), st.sampled_from([1.0, 2.0, 3.0]), min_size=1),
    ),
    st.tuples(st.just("undo"), st.integers(1, 6)),
)


@settings(max_examples=examples(4 if ON_A_LAKE else 10), deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=7))
def test_the_ledger_agrees_with_replaying_the_live_loads(tmp_path_factory, steps):
    """The current value of a key is what the latest live load that named it said: a plain dictionary's answer."""
    store = open_store(tmp_path_factory.mktemp("ledger") / "s.duckdb")
    brought: dict[int, dict] = {}
    undone: set[int] = set()
    for day, (what, given_) in enumerate(steps):
        at = JAN + pd.Timedelta(days=day)
        if what == "load":
            load_id, _ = take(store, [(*key, value) for key, value in given_.items()], at, sha=str(day))
            brought[load_id] = given_
        elif given_ in brought and given_ not in undone:
            undo(store, given_, at)
            undone.add(given_)
    expected: dict = {}
    for load_id in sorted(set(brought) - undone):
        expected |= brought[load_id]
    assert {key: value for key, (value, _) in known(store).items()} == expected
