"""What KPIs are made of and influenced by, as people write it: read back without loss, refused with the line."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_sources.okr_file import read_okr_file, write_okr_file
from models.kpi import Influence, Kpi, MadeOf, feeding_loop
from models.okr import OkrFile

AS_OF = date(2026, 8, 15)
TREE = """\
kpis:
  - id: revenue
    made_of: {how: product, of: [orders, price]}
    influenced_by: [{kpi: visits, lag: 14}]
  - id: net
    made_of:
      how: sum
      of: [orders]
      less: [returns]
  - {id: orders}
  - {id: price}
  - {id: returns}
  - {id: visits}
"""


def read(text: str, **known):
    return read_okr_file(text.encode(), "okrs.yaml", as_of=AS_OF, **known)


def test_a_tree_is_read_and_written_back_without_loss():
    file = read(TREE).file
    assert file is not None
    assert file.kpis[0].made_of == MadeOf(how="product", of=["orders", "price"])
    assert file.kpis[0].influenced_by == [Influence(kpi="visits", lag=14)]
    assert file.kpis[1].made_of == MadeOf(how="sum", of=["orders"], less=["returns"])
    assert read(write_okr_file(file)).file == file


def test_numerator_and_denominator_are_a_ratio():
    kpi = Kpi(id="r", aggregation="ratio", numerator="a", denominator="b")
    assert kpi.arithmetic == MadeOf(how="ratio", of=["a", "b"])
    assert kpi.fed_by == ["a", "b"]
    assert Kpi(id="r").arithmetic is None


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ("{how: ratio, of: [a]}", "a ratio is made of exactly two KPIs, numerator first; found 1"),
        ("{how: product, of: [a]}", "a product is made of two to 6 KPIs, found 1"),
        ("{how: product, of: [a, b], less: [c]}", "only a sum can subtract KPIs with `less`"),
        ("{how: sum, of: [a]}", "a sum is made of two KPIs or more, found 1; at least one is added"),
        ("{how: sum, of: [a, a]}", "the KPI 'a' is named twice"),
        ("{how: mean, of: [a, b]}", "'mean' is not one of 'sum', 'product' or 'ratio'"),
    ],
)
def test_unknown_shapes_are_refused_with_their_line(made: str, message: str):
    reading = read(f"kpis:\n  - id: x\n    made_of: {made}\n")
    assert [(error.line, error.message) for error in reading.errors] == [(3, message)]


def test_a_loop_is_named_with_its_line():
    text = "kpis:\n  - id: a\n    made_of: {how: sum, of: [b, d]}\n  - id: b\n    influenced_by: [{kpi: c}]\n"
    reading = read(text + "  - id: c\n    influenced_by: [{kpi: a}]\n")
    assert [(error.line, error.code) for error in reading.errors] == [(3, "okr_cycle")]
    assert reading.errors[0].message == (
        "the KPIs feed each other in a circle: a <- b <- c <- a; take one of them out of made_of or influenced_by"
    )


def test_a_kpi_that_does_not_exist_is_a_warning_and_with_a_catalog_an_error():
    text = "kpis:\n  - id: x\n    influenced_by: [{kpi: Orders}, {kpi: nothing}]\n"
    reading = read(text, known_kpis=["orders"])
    assert reading.file is not None
    assert [influence.kpi for influence in reading.file.kpis[0].influenced_by] == ["orders", "nothing"]
    assert [note.split(":")[0] for note in reading.notes] == ["Line 3"]
    assert [error.code for error in read(text, catalog=["orders"]).errors] == ["okr_kpi"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3), max_size=6))
def test_a_loop_is_found_exactly_when_there_is_one(feeds: dict[str, list[str]]):
    def reaches_itself(kpi: str) -> bool:
        seen: set[str] = set()
        waiting = list(feeds.get(kpi, []))
        while waiting:
            part = waiting.pop()
            if part == kpi:
                return True
            if part not in seen:
                seen.add(part)
                waiting += feeds.get(part, [])
        return False

    loop = feeding_loop(feeds)
    assert bool(loop) == any(reaches_itself(kpi) for kpi in feeds)
    assert all(after in feeds[before] for before, after in pairwise(loop))
    assert not loop or loop[0] == loop[-1]


def test_files_from_before_still_read():
    assert OkrFile(kpis=[Kpi.model_validate({"id": "x", "unit": "EUR"})]).kpis[0].fed_by == []
