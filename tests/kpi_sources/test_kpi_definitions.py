import pytest

from kpi_sources.catalog import CatalogError
from kpi_sources.kpi_definitions import read_kpi_definitions
from models.definition import Band
from models.kpi import Kpi


def defined(tmp_path, text):
    path = tmp_path / "kpis.csv"
    path.write_text(text, encoding="utf-8")
    return read_kpi_definitions(path)


def test_columns_may_be_named_as_catalogues_name_them(tmp_path):
    text = "kpi_id,name,type,unit,min,max,grain,aggregation\nNPS,Net promoter score,score,points,-100,100,monthly,mean\nREV,,,EUR,0,,day,\n"
    assert defined(tmp_path, text) == [
        Kpi(
            id="NPS",
            name="Net promoter score",
            unit="points",
            range=Band(low=-100.0, high=100.0),
            cadence="month",
            aggregation="mean",
        ),
        Kpi(id="REV", unit="EUR", range=Band(low=0.0), cadence="day"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\nNPS\n", r"line 1: no column id \(or kpi_id\); found name"),
        ("id,min\nNPS,low\n", "line 2, column low: a number with a decimal point is needed, found 'low'"),
        ("id\nNPS\nNPS\n", "line 3: KPI 'NPS' is defined twice"),
        (
            "id,cadence\nNPS,yearly\n",
            "line 2, column cadence: Input should be 'day', 'week', 'month' or 'quarter'; found 'yearly'",
        ),
    ],
)
def test_errors_name_line_and_column(tmp_path, text, message):
    with pytest.raises(CatalogError, match=message):
        defined(tmp_path, text)
