"""Which key results a reader wants to see: by owner, status, tag, verdict and words, as a link spells it."""

from dataclasses import dataclass

import pandas as pd

SORTS = ("objective", "title", "owner", "status", "verdict", "score", "confidence", "due")
_DOWN = ("confidence", "score")  # the highest first


@dataclass(frozen=True)
class Filter:
    """What is chosen; an empty choice lets everything through. Within a field any of the chosen will do."""

    owners: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()  # or flags
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.owners or self.statuses or self.tags or self.verdicts or self.text.strip())

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows (models.okr_rows) that fit, in their order."""
        keep = pd.Series(True, index=rows.index)
        if self.owners:
            keep &= rows["owner"].isin(self.owners)
        if self.statuses:
            keep &= rows["status"].isin(self.statuses)
        if self.tags:
            keep &= _any(rows["tags"], set(self.tags))
        if self.verdicts:
            keep &= rows["verdict"].isin(self.verdicts) | _any(rows["flags"], set(self.verdicts))
        for word in self.text.casefold().split():
            keep &= _words(rows).str.contains(word, regex=False)
        return rows[keep]


def _any(lists: pd.Series, wanted: set[str]) -> pd.Series:
    return pd.Series([bool(wanted.intersection(held)) for held in lists], index=lists.index, dtype=bool)


def _words(rows: pd.DataFrame) -> pd.Series:
    """All that a search looks through, in small letters."""
    parts = [rows[name].astype(object).fillna("") for name in ("id", "title", "objective_title", "team_name", "owner")]
    joined = parts[0].astype(str)
    for part in parts[1:]:
        joined = joined + " " + part.astype(str)
    return (joined + " " + rows["tags"].map(" ".join)).str.casefold()


def choices(rows: pd.DataFrame) -> dict[str, list[str]]:
    """What there is to choose from: owners, statuses, tags, verdicts (flags among them)."""
    tags = {tag for held in rows["tags"] for tag in held}
    flags = {flag for held in rows["flags"] for flag in held}
    return {
        "owners": sorted(set(rows["owner"]), key=lambda name: (name == "", name.casefold())),
        "statuses": sorted(set(rows["status"])),
        "tags": sorted(tags, key=str.casefold),
        "verdicts": [*rows["verdict"].dropna().unique(), *sorted(flags)],
    }


def sort(rows: pd.DataFrame, by: str, statuses: list[str], verdicts: list[str]) -> pd.DataFrame:
    """The rows by one of SORTS; unknown last, equals in the order of the definitions.

    `statuses` and `verdicts` are ids in the order in which they are to stand.
    """
    if by == "objective" or by not in SORTS:
        return rows
    if by in ("status", "verdict"):
        ranks = {code: rank for rank, code in enumerate(statuses if by == "status" else verdicts)}
        key = rows[by].map(ranks)
    elif by in ("title", "owner"):
        texts = rows[by].astype(object).fillna("").str.casefold()
        key = texts.where(texts != "")
    else:
        key = rows[by]
    order = key.sort_values(ascending=by not in _DOWN, kind="stable", na_position="last").index
    return rows.loc[order]
