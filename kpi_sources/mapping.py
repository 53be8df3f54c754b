"""What an analyst has said about a source: which column is what, and how its dates and numbers are written."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from kpi_sources.months import month_number

CHOICES: dict[str, tuple[str, ...]] = {
    "decimal": (".", ","),
    "date_order": ("dmy", "mdy", "ymd"),
    "percent": ("points", "fraction"),
    "hidden": ("include", "leave_out"),
    "totals": ("leave_out", "keep"),
}


class MappingError(ValueError):
    """A mapping that cannot be used; the text says which key, what was found and what is allowed."""


@dataclass(frozen=True)
class Mapping:
    """All keys are optional; what is not said is read from the file, or asked.

    `kpi`, `period`, `value`, `segment`, `unit` name columns; `kpi_const` and `segment_const` give one name to all rows.
    `header_row` is a physical line (or sheet row), 1-based. `fiscal_year_start` is a month number (7: July; 1: the
    calendar year). `scale` multiplies every value and says that figures in thousands (1000) or millions are meant.
    `names` leads from a KPI's name as the file writes it to the known KPI that is meant.
    """

    kpi: str | None = None
    kpi_const: str | None = None
    period: str | None = None
    value: str | None = None
    segment: str | None = None
    segment_const: str | None = None
    unit: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    date_order: str | None = None
    fiscal_year_start: int | None = None
    percent: str | None = None
    scale: int | None = None
    sheet: str | None = None
    header_row: int | None = None
    hidden: str | None = None
    totals: str | None = None
    names: dict[str, str] | None = None

    @classmethod
    def from_dict(cls, data: Any) -> "Mapping":
        """A mapping from plain values (of YAML or a form); raises MappingError."""
        if not isinstance(data, dict):
            raise MappingError(f"a mapping is a list of `key: value` lines, found {type(data).__name__}")
        known = {f.name for f in fields(cls)}
        unknown = [str(k) for k in data if k not in known]
        if unknown:
            raise MappingError(
                f"unknown key in the mapping: {', '.join(unknown)}; known are {', '.join(sorted(known))}"
            )
        return cls(**{k: _clean(k, v) for k, v in data.items() if v is not None and v != ""})

    @classmethod
    def from_yaml(cls, text: str) -> "Mapping":
        """A mapping from YAML; an empty text is an empty mapping; raises MappingError."""
        import yaml

        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise MappingError(f"the mapping is not valid YAML: {error}") from error
        return cls.from_dict({} if data is None else data)

    def to_dict(self) -> dict[str, Any]:
        """Only the keys that are set."""
        return {k: v for k, v in asdict(self).items() if v is not None}

    def to_yaml(self) -> str:
        """The same mapping as YAML, keys in the order of the class."""
        import yaml

        return yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True)


def _clean(key: str, value: Any) -> Any:
    if key == "fiscal_year_start":
        month = value if isinstance(value, int) else month_number(str(value))
        if month is None or isinstance(value, bool) or not 1 <= month <= 12:
            raise MappingError(f"fiscal_year_start is a month, 1 to 12 or its name, found {value!r}")
        return month
    if key in ("header_row", "scale"):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise MappingError(f"{key} is a whole number from 1, found {value!r}")
        return value
    if key == "names":
        if not isinstance(value, dict) or not all(
            str(k).strip() and isinstance(v, str) and v for k, v in value.items()
        ):
            raise MappingError(f"names is a list of `name in the file: known KPI` lines, found {value!r}")
        return {str(written): known for written, known in value.items()}
    if isinstance(value, (dict, list, bool)):
        raise MappingError(f"{key} is a text, found {value!r}")
    text = str(value)
    if key in CHOICES and text not in CHOICES[key]:
        raise MappingError(f"{key} is one of {', '.join(CHOICES[key])}, found {text!r}")
    return text
