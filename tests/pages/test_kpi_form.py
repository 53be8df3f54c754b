"""The form of a KPI on a real store: what is written is kept, what would change is shown first, nobody overwrites."""

import pytest

from models.kpi import Kpi
from pages import trends
from pages.parts import kpi_fields, kpi_pick
from pages.parts.view import View
from tests.data.test_defining import ann, bo  # noqa: F401  # fixtures
from tests.pages.test_every_page import _blocks, run
from tests.pages.test_plan_with_a_store import labelled, press


def opened(workspace, **params):
    app = run(trends, workspace, params, View(cycle="2026-Q3"))
    assert [error.value for error in app.exception] == []
    return app


def test_a_definition_is_changed_on_screen(ann):  # noqa: F811
    app = opened(ann, kpi="turnover", edit="definition")
    assert [caption.value for caption in app.caption if "changed" in caption.value] == ["Nothing is changed yet."]
    labelled(app.text_input, "Smallest change that matters").set_value("1 %")
    labelled(app.text_input, "Unit").set_value("percent")
    app.run()
    assert {"**Unit**: % → percent", "**Smallest change that matters**: nothing → 1%"} <= {
        text.value.replace("\\", "") for text in app.markdown
    }
    assert "1 key result of a cycle that is not over, 2 of the past." not in [text.value for text in app.markdown]
    assert "1 key result of a cycle that is not over, 1 of the past." in [text.value for text in app.markdown]
    press(app, "Save")
    kpi, stamp = ann.defined_kpi("turnover")
    assert (kpi.unit, kpi.min_change, kpi.direction, stamp.version) == ("percent", "1%", "down", 2)
    assert "edit" not in app.query_params


def test_a_new_kpi_waits_for_its_values(ann):  # noqa: F811
    app = opened(ann, edit="new-kpi")
    assert labelled(app.button, "Save").disabled
    labelled(app.text_input, "Name").set_value("Net sales (EUR)")
    labelled(app.selectbox, "Owner").set_value("people")
    app.run()
    press(app, "Save")
    kpi, stamp = ann.defined_kpi("net_sales_eur")
    assert (kpi.name, kpi.owner, stamp.version, stamp.by) == ("Net sales (EUR)", "people", 1, "ann")
    assert (app.query_params["kpi"], app.title[0].value) == ("net_sales_eur", r"Net sales \(EUR\)")
    assert "No value has arrived yet" in app.markdown[0].value


def test_a_second_editor_sees_both_and_saves_both(ann, bo):  # noqa: F811
    app = opened(ann, kpi="turnover", edit="definition")
    labelled(app.text_input, "Unit").set_value("percent")
    kpi, _ = bo.defined_kpi("turnover")
    bo.save_kpi(kpi.model_copy(update={"owner": "app"}), 1)
    app.run()
    press(app, "Save")
    assert app.dataframe[0].value.values.tolist() == [["owner", "people", "app", "people"]]
    press(app, "Save both changes")
    kpi, stamp = ann.defined_kpi("turnover")
    assert (kpi.unit, kpi.owner, stamp.version) == ("percent", "app", 3)


def test_every_version_is_told(ann, bo):  # noqa: F811
    kpi, _ = bo.defined_kpi("turnover")
    bo.save_kpi(kpi.model_copy(update={"unit": "percent"}), 1)
    app = opened(ann, kpi="turnover", edit="definition")
    rows = _blocks(app.get("bidi_component")[-1])[0]["rows"]
    assert [[*row["cells"][:3], row["cells"][3]["text"]] for row in rows] == [
        ["Unit", "%", "percent", "bo"], ["defined", "", "", "ann"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"name": " "}, "Give it a name."),
        ({"id": ""}, "Give it an id of letters and digits."),
        ({"direction": "in_band"}, "Give the band: the lowest or the highest value that is still good."),
        ({"aggregation": "ratio", "numerator": "a"}, "A ratio needs both: what is divided, and by what."),
        ({"min_change": "much"}, "the smallest change that matters is a number or a percentage like 2%, found 'much'"),
        ({"range": {"low": 2.0, "high": 1.0}}, "the range starts at 2 and ends below it, at 1"),
    ],
)
def test_what_is_missing_is_said(said, problem):
    whole = {"id": "k", "name": "K", "direction": "up", "band": None, "aggregation": "sum", "numerator": None,
             "denominator": None}  # fmt: skip
    assert kpi_fields.kpi_of(Kpi(id="k"), whole | said) == (None, [problem])


def test_few_of_many_kpis_are_offered():
    kpis = {f"k{at}": Kpi(id=f"k{at}", name=f"Sales of shop {at}") for at in range(1000)}
    kpis["nps"] = Kpi(id="nps", name="Recommend us")
    assert kpi_pick.matching(kpis, "recommend") == ["nps"]
    assert kpi_pick.matching(kpis, "SHOP 99")[0] == "k99"
    assert kpi_pick.matching(kpis, "k7")[0] == "k7"
    assert len(kpi_pick.matching(kpis, "")) == 1001
