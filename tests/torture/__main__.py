"""python -m tests.torture [KIND...]: every kind of kill as a table, then everybody at once on one store.

NEEDLE_KILLS (default 100) says how many kills of each kind, NEEDLE_MINUTES (default 5) how long the crowd stays,
NEEDLE_READERS (default 20) how many of it only read. Only where it is named: `served`, two dashboards on a shared
store, which needs a PostgreSQL and a browser.
"""

import os
import sys

from tests.torture.kills import HEAD, kill
from tests.torture.together import together
from tests.torture.writers import KINDS


def main(names: list[str]) -> int:
    known = [*KINDS, "together"]
    unknown = [name for name in names if name not in [*known, "served"]]
    if unknown:
        raise SystemExit(f"torture: no kind {', '.join(unknown)}; kinds are {', '.join(known)}, served.")
    times, minutes = int(os.environ.get("NEEDLE_KILLS", "100")), float(os.environ.get("NEEDLE_MINUTES", "5"))
    wanted, faultless = names or known, True
    kills = [name for name in wanted if name in KINDS]
    if kills:
        print(HEAD, flush=True)
    for name in kills:
        tally = kill(name, times)
        print(tally.line(), flush=True)
        faultless &= tally.faultless
    if "together" in wanted:
        sound, said = together(minutes, readers=int(os.environ.get("NEEDLE_READERS", "20")))
        print(said, flush=True)
        faultless &= sound
    if "served" in wanted:
        from tests.torture.served import served  # needs more than the others do

        sound, said = served(minutes)
        print(said, flush=True)
        faultless &= sound
    return 0 if faultless else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
