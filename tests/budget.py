"""How often a property is tried: a few times, so that the suite stays short, or NEEDLE_EXAMPLES times."""

import os


def examples(few: int) -> int:
    """That many examples, or as many as the environment says."""
    return int(os.environ.get("NEEDLE_EXAMPLES", few))
