"""The Wikimedia movement in fiscal year 2023-24: real values that the user downloads, OKRs in our own words.

The extracts are the metric files of the public repository wikimedia-research/movement-metrics; none of them ships here.
"""

from datetime import datetime
from pathlib import Path

from data.samples import Sample, SampleFile

RECORDED_AT = datetime(2024, 3, 18, 12)  # the state of the repository that the walk through the review speaks of
PLANNED_AT = datetime(2023, 7, 1, 9)

# file name -> mapping; the source has the name of the file. The files are wide, with one column a KPI and the first day
# of the month in front, and need none. quarterly_metrics.tsv is left out: its figures are those of the monthly files
# over three months, under the same names.
EXTRACTS = {
    "editing_metrics.tsv": "",
    "editing_diversity_metrics.tsv": "",
    "content_gap_data_metrics.tsv": "",
    "readers_metrics.tsv": "",
    "readers_diversity_metrics.tsv": "",
    "regional_unique_devices.tsv": "",
}
NEEDED = ("editing_metrics.tsv", "content_gap_data_metrics.tsv", "readers_metrics.tsv", "regional_unique_devices.tsv")


def load_plan(folder: Path) -> list[tuple[Path, str, str]]:
    """Which files of a folder to load, each with its mapping and the name of its source.

    A file may lie in the folder itself or in one below it. Raises FileNotFoundError when a file that the OKRs need is
    not there.
    """
    found = {name: _find(folder, name) for name in EXTRACTS}
    missing = [name for name in NEEDED if found[name] is None]
    if missing:
        raise FileNotFoundError(
            f"{folder} does not hold {', '.join(missing)}. Download the metric files of the public repository "
            "wikimedia-research/movement-metrics and give the folder that holds them."
        )
    return [(path, EXTRACTS[name], path.stem) for name, path in found.items() if path is not None]


def sample(folder: Path | str) -> Sample:
    """What to load into an empty store from a folder of downloaded extracts; raises FileNotFoundError."""
    plan = load_plan(Path(folder))
    files = [SampleFile(path.name, path.read_bytes(), source, RECORDED_AT, mapping) for path, mapping, source in plan]
    okrs = Path(__file__).with_name("okrs.yaml").read_bytes()
    return Sample(files, [("okrs.yaml", okrs, PLANNED_AT)], create_kpis=True, accept_partial=True)


def _find(folder: Path, name: str) -> Path | None:
    direct = folder / name
    if direct.is_file():
        return direct
    return min(folder.glob(f"*/{name}"), key=lambda path: path.as_posix(), default=None)
