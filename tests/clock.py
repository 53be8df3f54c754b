"""A clock that stands still until a test sets it: what a workspace takes for `now`."""

from datetime import datetime


class Clock:
    def __init__(self, now: datetime):
        self.now = now

    def __call__(self) -> datetime:
        return self.now
