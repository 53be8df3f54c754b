"""python -m tests.torture [KIND...]: every kind of kill, NEEDLE_KILLS times each (default 100), as a table."""

import os
import sys

from tests.torture.kills import HEAD, kill
from tests.torture.writers import KINDS


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise SystemExit(f"torture: no kind {', '.join(unknown)}; kinds are {', '.join(KINDS)}.")
    times, faultless = int(os.environ.get("NEEDLE_KILLS", "100")), True
    print(HEAD, flush=True)
    for name in names or KINDS:
        tally = kill(name, times)
        print(tally.line(), flush=True)
        faultless &= tally.faultless
    return 0 if faultless else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
