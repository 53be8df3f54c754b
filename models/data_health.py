"""Data health: which KPIs are fresh, late or failing, how each source's last load went, and what to say of it."""

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from models.freshness import freshness
from models.language import tr, trn
from models.policy import POLICY, Policy
from models.verdict import Word

REFUSED = ("rejected", "needs_input")  # statuses of a load that took nothing in
STATES: dict[str, Word] = {
    "failing": Word(
        "Failing", "✕", "bad", "The newest load of its source was refused, or found something wrong with it."
    ),
    "late": Word("Late", "⌛", "warn", "A period that is over should have arrived by now."),
    "never": Word("No values", "∅", "neutral", "It is defined, but no value has come yet."),
    "fresh": Word("Fresh", "✓", "good", "Every period that should be there has arrived."),
}
LOADS: dict[str, Word] = {
    "stored": Word("Stored", "✓", "good", "Every value was taken in."),
    "partial": Word(
        "Stored in part", "◐", "warn", "The good part was taken in; the rest is on record with its reasons."
    ),
    "rejected": Word("Refused", "✕", "bad", "Nothing was taken in; the reasons are on record."),
    "needs_input": Word("Asked back", "?", "warn", "It can be read in more than one way; nothing was taken in."),
}
NAMED = 3  # sources that the headline names before it says how many more


@dataclass(frozen=True)
class DataHealth:
    """kpis: id, name, cadence, source, last, expected, due, days_late, state (fresh, late, never), failing (what the
    newest load of its source found wrong with it; empty if nothing), restated (values ever changed), restated_by,
    load_id (of the last load that brought or confirmed a value).

    sources: id, kpis, late, loads (how many), load_id, file, recorded_at, recorded_by, status, values, rejected,
    restated, checks, failed, warned; all of the newest load that was not taken back.

    quality: one row per load not taken back, oldest first: source, load_id, recorded_at, file, status, values,
    rejected, lost (share 0..1 of its values that were not taken in: all of them when it was refused), checks, failed,
    warned.
    """

    as_of: date
    kpis: pd.DataFrame = field(repr=False)
    sources: pd.DataFrame = field(repr=False)
    quality: pd.DataFrame = field(repr=False)

    @property
    def headline(self) -> str:
        """`3 of 24 KPIs are late; the last load of people refused 2 rows.`"""
        total, late = len(self.kpis), int((self.kpis["state"] == "late").sum())
        never = int((self.kpis["state"] == "never").sum())
        said = [_late(late, total)] if late else []
        said += [trn("{count} has no value yet", "{count} have no value yet", never)] if never else []
        told = [sentence for source in self.sources.to_dict("records") if (sentence := _trouble(source))]
        said += told[:NAMED]
        if len(told) > NAMED:
            said.append(trn("{count} more source had trouble", "{count} more sources had trouble", len(told) - NAMED))
        if said:
            whole = "; ".join(said)
            return f"{whole[0].upper()}{whole[1:]}."
        return trn(
            "The one KPI is fresh, and the last load of every source was taken in whole.",
            "All {count} KPIs are fresh, and the last load of every source was taken in whole.",
            total,
        )


def _late(late: int, total: int) -> str:
    all_kpis = trn("{count} KPI", "{count} KPIs", total)
    return trn("{count} of {kpis} is late", "{count} of {kpis} are late", late, kpis=all_kpis)


def _trouble(source: dict) -> str:
    name = source["id"]
    if source["status"] == "needs_input":
        return tr("the last file of {source} could be read in two ways and was not loaded", source=name)
    if source["status"] == "rejected":
        return tr("the last load of {source} was refused", source=name)
    if source["rejected"]:
        return trn(
            "the last load of {source} refused {count} value",
            "the last load of {source} refused {count} values",
            int(source["rejected"]),
            source=name,
        )
    return ""


def data_health(
    kpis: pd.DataFrame,
    arrivals: pd.DataFrame,
    loads: pd.DataFrame,
    failures: pd.DataFrame,
    as_of: date,
    policy: Policy = POLICY,
) -> DataHealth:
    """All of it as of a day. `kpis`: the columns of company.kpi_frame; the others as data.health gives them (`loads`
    newest first, `failures` at least of the newest load of each source)."""
    kept = loads[loads["undone_at"].isna()]
    newest = kept.drop_duplicates("source")
    rows = _kpis(kpis, arrivals, newest, kept, failures, as_of, policy)
    return DataHealth(as_of, rows, _sources(rows, newest, kept), _quality(kept))


def newest_loads(loads: pd.DataFrame) -> list[int]:
    """The newest load of each source that was not taken back."""
    return [int(load) for load in loads[loads["undone_at"].isna()].drop_duplicates("source")["load_id"]]


def _kpis(
    kpis: pd.DataFrame,
    arrivals: pd.DataFrame,
    newest: pd.DataFrame,
    loads: pd.DataFrame,
    failures: pd.DataFrame,
    as_of: date,
    policy: Policy,
) -> pd.DataFrame:
    arrivals = arrivals.astype({"kpi": "str", "last": "datetime64[ns]"})
    found = freshness(kpis, arrivals[["kpi", "last"]], as_of, policy).drop(columns="cadence")
    columns = ["id", "name", "cadence", "source", "numerator", "denominator"]
    out = kpis[columns].merge(found, left_on="id", right_on="kpi").drop(columns="kpi")
    mine = arrivals.set_index("kpi")[["load_id", "restated", "restated_by"]].astype("Int64")
    out = out.join(mine, on="id")
    older = pd.concat([out[part].map(mine["load_id"]) for part in ("numerator", "denominator")], axis=1).min(axis=1)
    out["load_id"] = out["load_id"].fillna(older.astype("Int64"))
    out["restated"] = pd.to_numeric(out["restated"]).fillna(0)  # where nothing ever arrived it is a text
    brought_by = dict(zip(loads["load_id"], loads["source"], strict=True))
    own = [brought_by.get(load) for load in out["load_id"]]
    out["source"] = pd.Series(own, out.index, dtype="str").fillna(out["source"])
    out["failing"] = _failing(out, newest, failures)
    return out.drop(columns=["numerator", "denominator"])


def _failing(rows: pd.DataFrame, newest: pd.DataFrame, failures: pd.DataFrame) -> pd.Series:
    """What the newest load of a KPI's source found wrong with it, in words."""
    blocking = failures[failures["blocking"] & failures["load_id"].isin(newest["load_id"])]
    of_checks = blocking.groupby("kpi")["detail"].agg(" ".join).to_dict()
    stopped = newest[newest["status"].isin(REFUSED)]
    refused = dict(zip(stopped["source"], stopped["load_id"], strict=True))
    said = [
        of_checks.get(kpi)
        or (tr("Load {load} of its source was refused.", load=refused[source]) if source in refused else "")
        for kpi, source in zip(rows["id"], rows["source"], strict=True)
    ]
    return pd.Series(said, rows.index, dtype="str")


def _sources(rows: pd.DataFrame, newest: pd.DataFrame, loads: pd.DataFrame) -> pd.DataFrame:
    by_source = rows.groupby("source").agg(kpis=("id", "size"), late=("state", lambda states: (states == "late").sum()))
    columns = ["load_id", "file", "recorded_at", "recorded_by", "status", "rejected", "restated", "checks"]
    out = newest.assign(values=_values(newest)).rename(columns={"source": "id"})
    out = out[["id", *columns, "values", "failed", "warned"]].join(by_source, on="id")
    out[["kpis", "late"]] = out[["kpis", "late"]].fillna(0).astype(int)
    out["loads"] = out["id"].map(loads["source"].value_counts())
    return out.sort_values("id", ignore_index=True)


def _quality(loads: pd.DataFrame) -> pd.DataFrame:
    values = _values(loads)
    lost = (loads["rejected"] / values.where(values > 0)).fillna(0.0).astype(float)
    lost = lost.where(~loads["status"].isin(REFUSED), 1.0)
    columns = ["source", "load_id", "recorded_at", "file", "status", "values", "rejected", "lost", "checks"]
    out = loads.assign(values=values, lost=lost)[[*columns, "failed", "warned"]]
    return out.iloc[::-1].reset_index(drop=True)


def _values(loads: pd.DataFrame) -> pd.Series:
    """How many values a load's file held."""
    return loads[["accepted_new", "unchanged", "restated", "repeated", "rejected"]].sum(axis=1)
