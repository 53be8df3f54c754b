"""The Wikimedia sample: which files are loaded, and which of its targets are facts."""

from datetime import date
from pathlib import Path

import pytest

from data.samples.wikimedia import RECORDED_AT, load_plan, sample
from kpi_sources.okr_file import read_okr_file
from models.okr import OkrFile

NAMES = ("editing_metrics", "content_gap_data_metrics", "readers_metrics", "regional_unique_devices")


def downloaded(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.tsv").write_text(f"month\t{name}_value\n2024-01-01\t5\n")
    return folder


def okrs() -> OkrFile:
    (_, data, moment) = sample_okrs()
    reading = read_okr_file(data, "okrs.yaml", as_of=moment.date())
    assert [str(problem) for problem in reading.errors] == []
    assert reading.file is not None
    return reading.file


def sample_okrs():
    from data.samples import wikimedia

    data = Path(wikimedia.__file__).with_name("okrs.yaml").read_bytes()
    return "okrs.yaml", data, wikimedia.PLANNED_AT


def test_the_files_are_found_in_the_folder_or_below_it(tmp_path: Path):
    folder = downloaded(tmp_path / "repository" / "metrics").parent
    assert [(path.name, mapping, source) for path, mapping, source in load_plan(folder)] == [
        ("editing_metrics.tsv", "", "editing_metrics"),
        ("content_gap_data_metrics.tsv", "", "content_gap_data_metrics"),
        ("readers_metrics.tsv", "", "readers_metrics"),
        ("regional_unique_devices.tsv", "", "regional_unique_devices"),
    ]
    made = sample(folder / "metrics")
    assert {file.recorded_at for file in made.files} == {RECORDED_AT}
    assert made.files[0].data.startswith(b"month\tediting_metrics_value")


def test_quarterly_figures_of_the_same_kpis_are_left_out(tmp_path: Path):
    folder = downloaded(tmp_path, (*NAMES, "quarterly_metrics", "readers_diversity_metrics"))
    assert [path.stem for path, _, _ in load_plan(folder)] == [
        "editing_metrics",
        "content_gap_data_metrics",
        "readers_metrics",
        "readers_diversity_metrics",
        "regional_unique_devices",
    ]


def test_missing_files_are_named_with_the_place_to_get_them(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as error:
        sample(downloaded(tmp_path, NAMES[:2]))
    assert str(error.value) == (
        f"{tmp_path} does not hold readers_metrics.tsv, regional_unique_devices.tsv. Download the metric files of the "
        "public repository wikimedia-research/movement-metrics and give the folder that holds them."
    )


def test_only_the_published_targets_are_not_marked_illustrative():
    rows = [kr for objective in okrs().objectives for kr in objective.key_results]
    assert [kr.id for kr in rows if not kr.illustrative] == ["intervention-q1", "intervention-q2", "intervention-q3"]
    assert len(rows) == 18


def test_the_fiscal_year_holds_its_quarters():
    cycles = {cycle.id: cycle for cycle in okrs().cycles}
    assert (cycles["FY2024-Q1"].start, cycles["FY2024-Q3"].end) == (date(2023, 7, 1), date(2024, 3, 31))
    assert {cycle.parent for name, cycle in cycles.items() if name != "FY2024"} == {"FY2024"}
    assert {objective.cycle for objective in okrs().objectives} == set(cycles)


def test_every_linked_kpi_is_defined_with_a_smallest_change():
    file = okrs()
    rows = [kr for objective in file.objectives for kr in objective.key_results]
    assert {link.kpi for kr in rows for link in kr.all_links} - {kpi.id for kpi in file.kpis} == set()
    assert [kpi.id for kpi in file.kpis if kpi.min_change is None or not kpi.description] == []
