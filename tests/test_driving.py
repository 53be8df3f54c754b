"""KPI trees through the store: read, asked in the terminal's form, drawn anew, refused where KPIs would feed each other."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from models.kpi import Influence
from models.refused import Refused
from pages.terminal.driving import decomposition_document, decomposition_lines, tree_document, tree_lines
from workspace import LoadOptions, Workspace

OKRS = """\
kpis:
  - {id: revenue, name: Revenue, unit: EUR, cadence: month, made_of: {how: product, of: [orders, price]}}
  - {id: orders, name: Orders, cadence: month, influenced_by: [{kpi: visits, lag: 30}]}
  - {id: price, name: Price per order, unit: EUR, cadence: month, aggregation: mean}
  - {id: visits, name: Visits, cadence: month}
objectives:
  - {id: o, cycle: 2026-Q3, team: shop, key_results: [{id: kr, kpi: orders, baseline: 100, target: 120}]}
"""


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "s.duckdb", who="ann", now=lambda: datetime(2026, 10, 20, 12))
    workspace.import_okrs("okrs.yaml", OKRS.encode(), recorded_at=datetime(2026, 1, 1))
    months = pd.date_range("2023-07-01", "2026-09-01", freq="MS")
    now = months >= "2026-07-01"
    values = {
        "orders": np.where(now, 120, 100), "price": np.where(now, 9, 10), "visits": 1000 + np.arange(len(months)) % 5
    }  # fmt: skip
    rows = [pd.DataFrame({"kpi": kpi, "period": months, "value": series}) for kpi, series in values.items()]
    data = pd.concat(rows).to_csv(index=False, date_format="%Y-%m-%d").encode()
    workspace.load("shop.csv", data, LoadOptions(trusted=True))
    return workspace


def test_a_kpi_made_of_others_is_computed_and_taken_apart(workspace):
    series = workspace.series("revenue")
    assert series["value"].iloc[[0, -1]].tolist() == [1000, 1080]
    found = workspace.decompose("revenue", date(2026, 7, 1), date(2026, 9, 30))
    assert found.sentence == "Revenue rose 8.0 % (+240 EUR): Orders +570, Price per order −330."
    document = decomposition_document(found)
    assert (document["before"], document["after"], document["not_explained"]) == (3000, 3240, 0)
    assert [round(part["share"], 1) for part in document["parts"]] == [237.5, -137.5]
    assert decomposition_lines(found).splitlines()[-1] == (
        "Periods that start 2026-07-01 to 2026-09-01 against 2025-07-01 to 2025-09-01, 3 each."
    )


def test_the_tree_in_the_terminal(workspace):
    tree = workspace.kpi_tree(cycle="2026-Q3")
    document = tree_document(tree)
    assert [node["kpi"] for node in document["nodes"]] == ["revenue", "orders", "visits", "price"]
    assert [(edge["driver"], edge["exact"]) for edge in document["edges"]] == [
        ("orders", True), ("price", True), ("visits", False),
    ]  # fmt: skip
    assert document["edges"][2]["correlation_not_proof"]["strength"] in ("none_seen", "cannot_tell")
    assert "Orders" in tree_lines(tree)
    assert "[factor: +570" in tree_lines(tree)
    assert workspace.kpi_tree(cycle="2026-Q3") is tree


def test_drawing_anew_keeps_every_version_and_refuses_a_loop(workspace):
    with pytest.raises(Refused, match="circle: revenue <- orders <- revenue"):
        workspace.feed("orders", None, [Influence(kpi="revenue")])
    with pytest.raises(Refused, match="there is no KPI 'gone'"):
        workspace.feed("visits", None, [Influence(kpi="gone")])
    with pytest.raises(Refused, match="circle"):
        workspace.define_kpis(
            [workspace.company().kpis[1].model_copy(update={"influenced_by": [Influence(kpi="orders")]})]
        )
    assert workspace.feed("orders", None, [Influence(kpi="visits", lag=30)]) == {"status": "unchanged", "kpi": "orders"}
    assert workspace.feed("orders")["status"] == "defined"
    assert workspace.kpi_tree("revenue", "2026-Q3").beliefs == {}
    assert workspace.loose_kpis() == ["visits"]
    changed = OKRS.replace("{id: visits, name: Visits", "{id: visits, influenced_by: [{kpi: revenue}], name: Visits")
    imported = workspace.import_okrs("okrs.yaml", changed.encode())
    assert (imported.status, imported.errors[0].code) == ("rejected", "okr_cycle")


def test_a_loop_between_a_file_and_the_store_is_refused(workspace):
    text = "kpis:\n  - {id: visits, cadence: month, influenced_by: [{kpi: revenue}]}\n"
    imported = workspace.import_okrs("more.yaml", text.encode())
    assert imported.status == "rejected"
    assert imported.errors[0].message.startswith("the KPIs feed each other in a circle: ")


def test_nothing_drawn_and_unknown_names_are_refused(workspace, tmp_path):
    with pytest.raises(Refused, match="there is no KPI 'x'"):
        workspace.kpi_tree("x")
    with pytest.raises(Refused, match="Visits is not made of other KPIs"):
        workspace.decompose("visits", date(2026, 7, 1), date(2026, 9, 30))
    with pytest.raises(Refused, match="no KPI is fed by others yet"):
        Workspace(tmp_path / "new.duckdb").kpi_tree()


def test_the_definitions_come_back_from_an_export(workspace, tmp_path):
    other = Workspace(tmp_path / "other.duckdb")
    assert other.import_okrs("okrs.yaml", workspace.export().encode()).status == "imported"
    assert other.company().kpis == workspace.company().kpis
