"""How far back the values of each KPI matter to the scorecard of a cycle, so that the store reads no more."""

from datetime import date, timedelta

from models.company import Company
from models.kpi import Kpi
from models.okr import Cycle
from models.review import DOTS
from models.windows import MAX_HISTORY

YEAR = 366  # days


def reach(company: Company, cycle: Cycle) -> dict[str, date]:
    """KPI -> the first day whose values matter; a KPI that is not in it matters from its first value on.

    Movement looks at so much history before the window, and a baseline at the cycle before. Only daily KPIs are held
    back: where weeks and quarters begin is told by a series' first value. Whole stays too what others are computed
    from, and what is read by the number of its periods, however long ago: trailing readings, and smallest changes in
    the KPI's own unit.
    """
    since = cycle.window.before().start - timedelta(days=MAX_HISTORY["day"])
    _, rows = company.of_cycle(cycle.id)
    trailing = {link.kpi for _, kr in rows if kr.reading == "trailing" for link in kr.all_links}
    return {kpi.id: since for kpi in _daily(company) if kpi.id not in trailing and kpi.min_change_absolute is None}


def reach_of_review(company: Company, at: date) -> dict[str, date]:
    """The same for the review of all KPIs on a day: its dots, and the year to date beside last year's. The day is the
    first of a month, so that the same values serve other days of the month."""
    longest = max(2 * YEAR, 7 * DOTS["day"])
    since = (at - timedelta(days=longest)).replace(day=1)
    return {kpi.id: since for kpi in _daily(company)}


def _daily(company: Company) -> list[Kpi]:
    """The daily KPIs that no other is computed from."""
    parts: set[str] = set()
    for kpi in company.kpis:
        parts.update(kpi.arithmetic.parts if kpi.arithmetic else ())
        parts.update(part for part in (kpi.numerator, kpi.denominator) if part)
    return [kpi for kpi in company.kpis if kpi.cadence == "day" and kpi.id not in parts]
