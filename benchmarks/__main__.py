"""python -m benchmarks [PART...]: measure all, or parts: scorecard, trade_offs, okr_views, loading, waiting, movement,
served."""

import sys

from benchmarks import loading, movement, okr_views, scorecard, served, trade_offs, waiting


def main(parts: list[str]) -> None:
    known = {
        "scorecard": lambda: print(scorecard.measure()),
        "trade_offs": lambda: print(trade_offs.measure()),
        "okr_views": lambda: print(okr_views.measure()),
        "loading": lambda: print(loading.measure()),
        "waiting": lambda: print(waiting.measure()),
        "movement": movement.main,
        "served": served.main,
    }
    unknown = [part for part in parts if part not in known]
    if unknown:
        raise SystemExit(f"benchmarks: no part {', '.join(unknown)}; parts are {', '.join(known)}.")
    for part in parts or known:
        known[part]()
        print()


if __name__ == "__main__":
    parts, sys.argv[1:] = sys.argv[1:], []  # the parts read options of their own when run by themselves
    main(parts)
