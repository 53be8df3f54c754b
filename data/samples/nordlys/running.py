"""What the teams at Nordlys wrote down beside their check-ins: blockers, statuses and actions."""

from datetime import date, datetime
from typing import Any

# (key result, day of a check-in) → what held it up; '' for nothing any more
BLOCKED = {
    ("certificates", date(2026, 8, 28)): "No trainers to be had until October.",
    ("help-articles", date(2026, 10, 30)): "Two of the three writers are ill.",
    ("csat-back", date(2026, 10, 16)): "The survey is not sent to those who call.",
    ("csat-back", date(2026, 10, 30)): "",
}
# key result, status, note, when it was set
STATUSES = [
    ("certificates", "on_track", "", datetime(2026, 7, 10, 16)),
    ("nps-70", "on_track", "", datetime(2026, 7, 10, 16)),
    ("trials", "on_track", "", datetime(2026, 7, 10, 16)),
    ("time-to-hire", "at_risk", "Three positions have been open since May.", datetime(2026, 7, 17, 16)),
    ("referrals", "done", "Iceland was the last of the five.", datetime(2026, 8, 3, 16)),
    ("partner-portal", "done", "", datetime(2026, 8, 7, 16)),
    ("trials", "at_risk", "The shorter trial brings fewer customers.", datetime(2026, 8, 21, 16)),
    ("certificates", "off_track", "Two courses were cancelled.", datetime(2026, 8, 28, 16)),
    ("accessibility", "done", "", datetime(2026, 9, 11, 16)),
    ("rewards-live", "done", "", datetime(2026, 9, 18, 16)),
    ("trials", "off_track", "", datetime(2026, 9, 18, 16)),
    ("self-service", "dropped", "The new search comes next quarter.", datetime(2026, 9, 25, 16)),
    ("first-response", "done", "", datetime(2026, 9, 29, 16)),
    ("backlog", "done", "", datetime(2026, 9, 29, 16)),
    ("pulse", "done", "", datetime(2026, 9, 29, 16)),
    ("mentors", "done", "Everyone who began since May has one.", datetime(2026, 9, 29, 16)),
    ("daily-actives-2m", "done", "", datetime(2026, 9, 30, 16)),
    ("uninstalls-15", "done", "", datetime(2026, 9, 30, 16)),
    ("subscriptions", "done", "", datetime(2026, 9, 30, 16)),
    ("help-articles", "on_track", "", datetime(2026, 10, 9, 16)),
    ("csat-back", "on_track", "", datetime(2026, 10, 9, 16)),
    ("daily-actives-26q4", "on_track", "", datetime(2026, 10, 9, 16)),
    ("help-articles", "at_risk", "A third of the articles in half of the time.", datetime(2026, 11, 6, 16)),
]
# what, who, by when, for which key result, when it was said, when it was done
ACTIONS: list[tuple[str, str, date, str, datetime, date | None]] = [
    ("Ask the chamber of commerce for trainers", "Signe", date(2026, 9, 11), "certificates", datetime(2026, 8, 28, 16),
     date(2026, 9, 10)),
    ("Borrow a writer from Growth", "Signe", date(2026, 11, 6), "help-articles", datetime(2026, 10, 30, 16), None),
    ("Agree on the forty articles that matter most", "Amir", date(2026, 11, 20), "help-articles",
     datetime(2026, 11, 6, 16), None),
    ("Send the survey after calls too", "Amir", date(2026, 10, 30), "csat-back", datetime(2026, 10, 16, 16),
     date(2026, 10, 29)),
    ("Look at who comes back after a week", "Elin", date(2026, 11, 27), "daily-actives-26q4",
     datetime(2026, 11, 13, 16), None),
]  # fmt: skip


def write(workspace: Any) -> None:
    """Record it all, each at its moment."""
    for key_result, status, note, at in STATUSES:
        workspace.set_status("key_result", key_result, status, note, recorded_at=at)
    for title, owner, due, key_result, at, done in ACTIONS:
        made = workspace.add_action(title, owner, due, key_result=key_result, made=at.date(), recorded_at=at)
        if done is not None:
            moment = datetime.combine(done, at.time())
            workspace.change_actions({made["id"]: {"done": done}}, recorded_at=moment)
