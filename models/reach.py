"""How far back the values of each KPI matter to the scorecard of a cycle, so that the store reads no more."""

from datetime import date, timedelta

from models.company import Company
from models.okr import Cycle
from models.windows import MAX_HISTORY


def reach(company: Company, cycle: Cycle) -> dict[str, date]:
    """KPI -> the first day whose values matter; a KPI that is not in it matters from its first value on.

    Movement looks at so much history before the window, and a baseline at the cycle before. Only daily KPIs are held
    back: where weeks and quarters begin is told by a series' first value. Whole stays too what others are computed
    from, and what is read by the number of its periods, however long ago: trailing readings, and smallest changes in
    the KPI's own unit.
    """
    since = cycle.window.before().start - timedelta(days=MAX_HISTORY["day"])
    _, rows = company.of_cycle(cycle.id)
    whole = {link.kpi for _, kr in rows if kr.reading == "trailing" for link in kr.all_links}
    for kpi in company.kpis:
        whole.update(kpi.arithmetic.parts if kpi.arithmetic else ())
        whole.update(part for part in (kpi.numerator, kpi.denominator) if part)
    return {
        kpi.id: since
        for kpi in company.kpis
        if kpi.cadence == "day" and kpi.id not in whole and kpi.min_change_absolute is None
    }
