"""What happens at Nordlys: how each KPI behaves by itself, what was done to it, and what should be said about that.

Nordlys is a made-up company: an app with which households save electricity. Levels are those of 1 July 2026.
"""

from dataclasses import dataclass
from datetime import date

FIRST_DAY = date(2023, 10, 2)  # a Monday: three years of every cadence before the cycle in flight
LAST_DAY = date(2026, 11, 15)  # a Sunday: six whole weeks into the cycle in flight
EDIT_DAY = date(2026, 8, 24)  # the uninstall target was made easier on this day


@dataclass(frozen=True)
class Shape:
    """How a KPI behaves by itself. Shares of the level: growth a year, season (half swing), noise (sd), weekday."""

    kpi: str
    cadence: str
    source: str
    level: float
    decimals: int
    noise: float
    growth: float = 0.0
    season: float = 0.0
    season_day: int = 15  # day of the year on which the season peaks
    weekday: float = 0.0
    memory: float = 0.2  # correlation of the noise with that of the period before
    shared: float = 0.0  # share of the noise that all KPIs of the source have in common


@dataclass(frozen=True)
class Push:
    """A lasting change: `effect` is a share of the level, reached `ramp` days after `start`."""

    kpi: str
    start: date
    effect: float
    ramp: int = 0


SHAPES = (
    Shape("daily_active_users", "day", "app", 10_400_000, 0, 0.008, growth=0.02, weekday=0.05, shared=0.5),
    Shape("app_installs", "day", "app", 61_000, 0, 0.025, season=0.04, weekday=0.10),
    Shape("app_uninstalls", "day", "app", 42_000, 0, 0.015, weekday=0.04),
    Shape("web_visits", "day", "app", 3_150_000, 0, 0.010, growth=0.02, weekday=0.08, shared=0.5),
    Shape("crash_free_sessions", "day", "app", 99.2, 2, 0.0006),
    Shape("nps", "week", "support", 58.4, 1, 0.022),
    Shape("new_subscriptions", "week", "growth", 8_400, 0, 0.018, season=0.03),
    Shape("cancellations", "week", "growth", 3_050, 0, 0.018, season=0.02, season_day=200),
    Shape("trial_conversion", "week", "growth", 22.4, 2, 0.018),
    Shape("revenue_per_subscriber", "week", "growth", 8.6, 2, 0.009),
    Shape("enterprise_deals", "week", "growth", 14, 0, 0.45, memory=0.5),
    Shape("contacts", "week", "support", 12_500, 0, 0.016, season=0.03),
    Shape("self_service_share", "week", "support", 0.387, 6, 0.014),
    Shape("first_response_hours", "week", "support", 5.2, 2, 0.04),
    Shape("csat", "week", "support", 84.3, 1, 0.008),
    Shape("repeat_contacts", "week", "support", 11.5, 2, 0.018),
    Shape("handling_time", "week", "support", 9.4, 2, 0.015),
    Shape("backlog", "week", "support", 1_080, 0, 0.05),
    Shape("staff_turnover", "month", "people", 14.0, 2, 0.016),
    Shape("sick_leave", "month", "people", 4.6, 2, 0.012, season=0.04),
    Shape("time_to_hire", "month", "people", 43.4, 1, 0.018),
    Shape("first_year_leavers", "month", "people", 18.0, 2, 0.016),
    Shape("pulse_score", "month", "people", 7.0, 2, 0.010),
)
NOT_EXPORTED = ("self_service_share",)  # delivered as its parts, contacts and self_solved

PUSHES = (
    Push("app_installs", date(2025, 10, 6), 0.13, ramp=7),
    Push("cancellations", date(2026, 1, 12), -0.11),
    Push("revenue_per_subscriber", date(2026, 4, 6), 0.06),
    Push("cancellations", date(2026, 4, 6), 0.16),
    Push("daily_active_users", date(2026, 7, 2), 0.235, ramp=28),
    Push("app_uninstalls", date(2026, 7, 6), -0.125, ramp=14),
    Push("nps", date(2026, 7, 6), 0.14, ramp=7),
    Push("new_subscriptions", date(2026, 7, 6), 0.17),
    Push("contacts", date(2026, 7, 6), 0.13),
    Push("trial_conversion", date(2026, 7, 6), -0.12),
    Push("first_response_hours", date(2026, 7, 6), -0.66, ramp=14),
    Push("csat", date(2026, 7, 6), -0.065, ramp=7),
    Push("repeat_contacts", date(2026, 7, 6), -0.14),
    Push("pulse_score", date(2026, 7, 1), 0.13),
    Push("csat", date(2026, 10, 5), 0.06),
    Push("contacts", date(2026, 10, 5), -0.02),
)

# key result -> verdict and flags that the story means it to have once its cycle is over (or as of the last day)
MEANT = {
    "installs-25q4": ("real_win", ()),
    "onboarding-25q4": ("vanity", ()),
    "csat-25q4": ("honest_miss", ()),
    "cancellations-26q1": ("real_win", ()),
    "crash-reports-26q1": ("vanity", ()),
    "self-service-26q1": ("honest_miss", ()),
    "hiring-26q1": ("unlinked", ()),
    "price-26q2": ("real_win", ("at_a_cost",)),
    "wellness-26q2": ("vanity", ()),
    "nps-26q2": ("honest_miss", ()),
    "backlog-26q2": ("vanity", ()),
    "nps-70": ("moved_anyway", ()),
    "uninstalls-15": ("real_win", ("target_edited",)),
    "daily-actives-2m": ("real_win", ()),
    "accessibility": ("unlinked", ()),
    "pulse": ("vanity", ()),
    "rewards-live": ("vanity", ()),
    "mentors": ("too_early", ()),
    "time-to-hire": ("honest_miss", ()),
    "subscriptions": ("real_win", ("at_a_cost", "shared_claim")),
    "referrals": ("real_win", ("shared_claim",)),
    "trials": ("setback", ()),
    "partner-portal": ("unproven", ()),
    "first-response": ("backfired", ()),
    "self-service": ("honest_miss", ()),
    "backlog": ("real_win", ()),
    "certificates": ("honest_miss", ()),
    "daily-actives-26q4": ("unproven", ()),
    "csat-back": ("moved_anyway", ()),
    "turnover": ("too_early", ()),
    "help-articles": ("honest_miss", ()),
    "advisers-heard": ("unlinked", ()),
}
