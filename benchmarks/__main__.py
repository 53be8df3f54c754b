"""python -m benchmarks [PART...]: measure all, or parts: scorecard, trade_offs, okr_views, loading, waiting, movement,
served; then one table of all. Only where it is named: served_shared, pages over a shared store, which needs PostgreSQL.

NEEDLE_BENCH_ROWS, _KPIS, _KEY_RESULTS, _DAYS, _VIEWERS and _SECONDS make the parts larger or smaller."""

import sys

from benchmarks import loading, movement, okr_views, scorecard, served, summary, trade_offs, waiting


def main(parts: list[str]) -> None:
    known = {
        "scorecard": lambda: print(summary.note_table("scorecard", scorecard.measure())),
        "trade_offs": lambda: print(summary.note_table("trade-offs", trade_offs.measure())),
        "okr_views": lambda: print(summary.note_table("OKR views", okr_views.measure())),
        "loading": lambda: print(summary.note_table("loading", loading.measure())),
        "waiting": lambda: print(waiting.measure()),
        "movement": movement.main,
        "served": served.main,
    }
    named = known | {"served_shared": served.shared}
    unknown = [part for part in parts if part not in named]
    if unknown:
        raise SystemExit(f"benchmarks: no part {', '.join(unknown)}; parts are {', '.join(named)}.")
    for part in parts or known:
        named[part]()
        print(flush=True)
    print(summary.told(summary.LINES))


if __name__ == "__main__":
    parts, sys.argv[1:] = sys.argv[1:], []  # the parts read options of their own when run by themselves
    main(parts)
