"""Names of KPIs that the mapping leads to known ones."""

from datetime import date

import pytest

from kpi_sources.extract import Catalog, KpiSpec, Mapping, MappingError, read_extract
from kpi_sources.worker import read_untrusted

KNOWN = Catalog.build([KpiSpec("staff_turnover", "Staff turnover")])
LONG = b"kpi,period,value\nTurnvoer,2026-01-01,5\n"
WIDE = b"month,Turnvoer\n2026-01,5\n"


@pytest.mark.parametrize("read", [read_extract, read_untrusted])
@pytest.mark.parametrize("data", [LONG, WIDE])
@pytest.mark.parametrize("meant", ["staff_turnover", "Staff Turnover"])
def test_a_written_name_leads_to_the_known_kpi(read, data, meant):
    mapping = Mapping.from_yaml(f"names: {{turnvoer: {meant}}}")
    extract = read(data, "a.csv", mapping, KNOWN, date(2026, 6, 1))
    assert (extract.status, list(extract.rows.kpi)) == ("ok", ["staff_turnover"])


def test_a_name_that_leads_to_nothing_known_stays_unknown():
    extract = read_extract(LONG, "a.csv", Mapping(names={"Turnvoer": "gone"}), KNOWN, date(2026, 6, 1))
    assert [(p.code, p.found) for p in extract.errors] == [("unknown_kpi", "Turnvoer")]


def test_without_a_catalogue_any_name_may_be_meant():
    extract = read_extract(LONG, "a.csv", Mapping(names={"Turnvoer": "turnover"}), as_of=date(2026, 6, 1))
    assert list(extract.rows.kpi) == ["turnover"]


@pytest.mark.parametrize("text", ["names: a", "names: [a, b]", "names: {a: 1}", "names: {a: ''}", "names: {' ': a}"])
def test_names_that_cannot_be_used(text):
    with pytest.raises(MappingError, match="names is a list of `name in the file: known KPI` lines, found"):
        Mapping.from_yaml(text)


def test_names_as_yaml_and_back():
    mapping = Mapping(names={"Omsättning": "revenue"})
    assert Mapping.from_yaml(mapping.to_yaml()) == mapping
