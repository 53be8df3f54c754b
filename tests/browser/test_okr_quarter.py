"""A team lives a whole quarter in a real browser: a file of goals, hints mended, published, four check-ins, statuses, an
action, the cycle closed, looked back on and carried over. After every step the store tells who wrote what: old and new.

tests/test_okr_quarter.py plays the same through the workspace.
"""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, Dashboard, menu, running
from workspace import Workspace

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

WHO = "ada"
CYCLE, NEXT, TEAM = "2026-Q3", "2026-Q4", "People"
LAUNCH, TALKS, HIRE = "Launch the exit talks", "Forty exit talks are held", "A position is filled in 38 days"
BETTER = "Colleagues who thought of leaving stay"
OKRS = f"""objectives:
  - id: stay-longer
    title: Colleagues stay longer
    team: people
    cycle: {CYCLE}
    key_results:
      - {{id: launch, title: {LAUNCH}}}
      - {{id: talks, title: {TALKS}, owner: Bo, baseline: 0, target: 40}}
      - {{id: hire, title: {HIRE}, owner: Eva, kpi: time_to_hire, baseline: 44, target: 38}}
"""
ANSWERS = {
    "goals": "Two of three.",
    "why": "Talks came too late to keep anybody.",
    "change": "Talk before somebody has decided.",
    "learned": "A talk held is not a colleague kept.",
}


class Record:
    """What the store was told since it was last asked: (kind, subject, field, before, after), signed and timed."""

    def __init__(self, store: Path):
        self.workspace = Workspace(store)
        self.seen = int(self.workspace.audit()["write"].max())
        self.began = datetime.now(UTC).replace(tzinfo=None)

    def since(self) -> list[tuple[str, str, str, str | None, str | None]]:
        rows = self.workspace.audit()
        rows = rows[rows["write"] > self.seen].sort_values("write", kind="stable")
        now = datetime.now(UTC).replace(tzinfo=None)
        assert set(rows["by"]) <= {WHO}
        assert all(self.began <= at <= now for at in rows["at"])
        self.seen, self.began = max(self.seen, int(rows["write"].max() if len(rows) else 0)), now
        told = rows[["kind", "subject", "field", "before", "after"]].itertuples(index=False, name=None)
        return [tuple(part if isinstance(part, str) else None for part in row) for row in told]


@pytest.fixture
def staffed(sample_store: Path, tmp_path: Path):
    """The sample company, and ada at the machine."""
    store = tmp_path / "needle.duckdb"
    shutil.copy(sample_store, store)
    shutil.copy(f"{sample_store}.head", f"{store}.head")
    with running(store, LOGNAME=WHO) as started:
        yield started


def settled(page: Page) -> None:
    """Nothing is being computed any more."""
    expect(page.locator("[data-testid=stStatusWidget], [data-stale=true]")).to_have_count(0)


def test_a_team_lives_a_quarter(staffed: Dashboard, open_page: Callable[..., Page]) -> None:
    told = Record(staffed.store)
    page = open_page(f"{staffed.url}/?cycle={CYCLE}&team={TEAM}")
    a_file_is_brought(page, told)
    hints_are_mended(page, told)
    the_draft_is_published(page, told)
    four_rounds_are_checked_in(page, told)
    the_first_is_ticked_off(page, told)
    a_status_is_changed_on_the_board(page, told)
    an_action_is_ticked_off(page, told)
    the_cycle_is_closed(page, told)
    the_team_looks_back(page, told)
    the_next_quarter_is_begun(page, told)
    assert [found.rule for found in told.workspace.check() if found.broken] == []


def a_file_is_brought(page: Page, told: Record) -> None:
    menu(page, "Plan")
    page.get_by_role("radio", name="From a file").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "stay.yaml", "mimeType": "application/yaml", "buffer": OKRS.encode()}
    )
    expect(page.get_by_text("4 new, 0 changed, 0 unchanged")).to_be_visible()
    for title in ("Colleagues stay longer", LAUNCH, TALKS, HIRE):
        expect(page.get_by_role("cell", name=title)).to_be_visible()
    assert told.since() == []
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("stay.yaml: 4 changes imported.")).to_be_visible()
    wrote = told.since()
    assert [(kind, subject, before) for kind, subject, _, before, _ in wrote] == [
        ("objective", "stay-longer", None),
        ("key_result", "launch", None),
        ("key_result", "talks", None),
        ("key_result", "hire", None),
    ]
    assert '"draft": true' in str(wrote[0][4])
    page.get_by_role("button", name="See the objectives").click()
    expect(page.get_by_role("heading", name="Colleagues stay longer")).to_be_visible()


def hints_are_mended(page: Page, told: Record) -> None:
    menu(page, "Hints")
    row = page.locator("tr", has_text=LAUNCH)
    expect(row.filter(has_text="No owner is named.")).to_be_visible()
    row.first.get_by_role("link", name=LAUNCH).click()
    expect(page.locator("h1")).to_have_text("Edit a key result")
    page.get_by_label("What will be different, in one sentence?").fill(BETTER)
    page.get_by_role("combobox", name="It is meant to move").fill("turnover")
    page.get_by_role("option", name="Staff turnover").click()
    page.get_by_label("Owner").fill("Bo")
    page.get_by_label("Owner").press("Tab")
    settled(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text("Plan")
    assert told.since() == [
        ("key_result", "launch", "title", LAUNCH, BETTER),
        ("key_result", "launch", "owner", None, "Bo"),
        ("key_result", "launch", "links", None, '[{"kpi": "staff_turnover", "role": "outcome"}]'),
    ]


def the_draft_is_published(page: Page, told: Record) -> None:
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    assert told.since() == [("objective", "stay-longer", "draft", "true", None)]


def card(page: Page, title: str, rounds: int) -> Locator:
    """The box of one key result on the Check-in page, after so many rounds were saved: nothing is due in a cycle that is
    over, so it is a line to open."""
    page.locator("summary").filter(has_text=title).click()
    box = page.locator(f"[class*='st-key-check-in-card-{rounds}-']").filter(has_text=title)
    expect(box).to_be_visible()
    settled(page)
    return box


def day_is(page: Page, label: str, day: str) -> None:
    """Type a day into a date field, as a person does: the year, and on through the others."""
    page.get_by_role("spinbutton", name=f"year, {label}").click()
    page.keyboard.type(day.replace("-", ""))
    page.keyboard.press("Tab")


ROUNDS = (  # day, talks held, confidence, what was said
    ("2026-07-13", 6, 6, "The first talks are held."),
    ("2026-08-03", 15, 6, ""),
    ("2026-08-24", 28, 4, "Nobody has time in August."),
    ("2026-09-14", 41, 9, "All done."),
)


def four_rounds_are_checked_in(page: Page, told: Record) -> None:
    menu(page, "Check-in")
    expect(page.locator("h1")).to_have_text("Check-in of People")
    for rounds, (day, value, sure, note) in enumerate(ROUNDS):
        talks = card(page, TALKS, rounds)
        day_is(page, "Day", day)
        talks.get_by_label("Value").fill(str(value))
        talks.get_by_role("spinbutton", name="Confidence").fill(str(sure))
        talks.get_by_label("Note").fill(note)
        page.get_by_role("button", name="Save the round").click()
        expect(page.get_by_text(f"Saved: 1 check-in for {int(day[-2:])}")).to_be_visible()
        settled(page)
        said = {"value": float(value), "confidence": float(sure)} | ({"note": note} if note else {})
        assert told.since() == [("check_in", "talks", day, None, json.dumps(said))]


def the_first_is_ticked_off(page: Page, told: Record) -> None:
    """A yes or no is answered, and an action written down with it, in the same round."""
    day_is(page, "Day", "2026-09-21")
    launch = card(page, BETTER, len(ROUNDS))
    launch.get_by_test_id("stCheckbox").locator("label").first.click()
    launch.get_by_text("Add an action").click()
    launch.get_by_label("What is to be done").fill("Ask leavers why")
    page.get_by_role("button", name="Save the round").click()
    expect(page.get_by_text("Saved: 1 check-in for 21 Sep 2026, 1 milestone, 1 action")).to_be_visible()
    action = {"title": "Ask leavers why", "owner": "Bo", "team": "people", "key_result": "launch", "cycle": CYCLE}
    [done, wrote, said] = told.since()
    assert done == ("key_result", "launch", "done", None, "2026-09-21")
    assert (wrote[0], wrote[3], json.loads(wrote[4] or "")) == ("action", None, {**action, "made": "2026-09-21"})
    assert said == ("check_in", "launch", "2026-09-21", None, '{"value": 1.0}')


def a_status_is_changed_on_the_board(page: Page, told: Record) -> None:
    menu(page, "OKRs")
    page.get_by_role("radio", name="Board").click()
    choice = page.get_by_label(f"Status of {HIRE}")
    for before, after, code in ((None, "At risk", "at_risk"), ("at_risk", "Off track", "off_track")):
        choice.select_option(after)
        column = page.locator("section.column").filter(has=page.get_by_role("heading", name=after))
        expect(column.get_by_text(HIRE)).to_be_visible()
        [change] = told.since()
        whole = ("status", "key_result/hire", "", None, f'{{"status": "{code}"}}')
        assert change == (whole if before is None else ("status", "key_result/hire", "status", before, code))


def an_action_is_ticked_off(page: Page, told: Record) -> None:
    menu(page, "Stand-up")
    tick = page.get_by_test_id("stCheckbox").filter(has_text="Ask leavers why")
    tick.locator("label").first.click()
    expect(tick).to_have_count(0)
    [(kind, _, *change)] = told.since()
    assert (kind, *change) == ("action", "done", None, f"{datetime.now(UTC):%Y-%m-%d}")


def the_cycle_is_closed(page: Page, told: Record) -> None:
    menu(page, "Scorecard")
    page.get_by_role("button", name="Close this cycle").click()
    page.get_by_label("Note").fill("Agreed in the review.")
    page.get_by_role("button", name="Close and keep").click()
    expect(page.get_by_text("Nothing would differ today.")).to_be_visible()
    [(kind, subject, _, before, after)] = told.since()
    kept = json.loads(after or "")
    assert (kind, subject, before, kept["note"]) == ("closing", CYCLE, None, "Agreed in the review.")
    agreed = told.workspace.as_closed(CYCLE).key_results.set_index("id")["verdict"]
    assert dict(agreed[["launch", "talks", "hire"]]) == {
        "launch": "vanity", "talks": "unlinked", "hire": "honest_miss",
    }  # fmt: skip


def the_team_looks_back(page: Page, told: Record) -> None:
    menu(page, "Retrospective")
    expect(page.locator("h1")).to_have_text("Retrospective")
    expect(page.get_by_placeholder("In your own words")).to_have_count(4)
    for field, answer in zip(page.get_by_placeholder("In your own words").all(), ANSWERS.values(), strict=True):
        field.fill(answer)
    page.get_by_role("button", name="Save the retrospective").click()
    expect(page.get_by_text(f"Saved by {WHO} on")).to_be_visible()
    [(kind, subject, _, before, after)] = told.since()
    assert (kind, subject, before) == ("retrospective", f"{CYCLE}/people", None)
    assert json.loads(after or "")["answers"] == ANSWERS


DECISIONS = {BETTER: "Drop", TALKS: "Change", HIRE: "Keep"}


def the_next_quarter_is_begun(page: Page, told: Record) -> None:
    page.get_by_role("button", name="Decide what goes on into the next cycle").click()
    for title, decision in DECISIONS.items():
        page.locator("[class*='st-key-carry-card']", has_text=title).get_by_role("radio", name=decision).click()
        settled(page)
    page.get_by_role("spinbutton", name="New target").fill("60")
    page.get_by_role("button", name="Save the decisions").click()
    expect(page.get_by_role("button", name="Carry 2 key results over")).to_be_visible()
    decided = {"launch": {"decision": "drop"}, "talks": {"decision": "change", "target": 60.0},
               "hire": {"decision": "keep"}}  # fmt: skip
    wrote = told.since()
    assert [(kind, before) for kind, _, _, before, _ in wrote] == [("carry", None)] * 3
    assert {subject: json.loads(after or "") for _, subject, _, _, after in wrote} == {
        name: {**decision, "into": NEXT} for name, decision in decided.items()
    }
    page.get_by_role("button", name="Carry 2 key results over").click()
    expect(page.get_by_text("carried over as")).to_have_count(2)
    wrote = told.since()
    made = {subject: json.loads(after or "") for kind, subject, _, _, after in wrote if kind != "carry"}
    assert [made[name]["target"] for name in (f"talks-{NEXT}", f"hire-{NEXT}")] == [60.0, 38.0]
    assert (made[f"stay-longer-{NEXT}"]["draft"], made[f"talks-{NEXT}"]["baseline"]) == (True, 41.0)
    assert [row[1:] for row in wrote if row[0] == "carry"] == [
        ("talks", "became", None, f"talks-{NEXT}"), ("hire", "became", None, f"hire-{NEXT}"),
    ]  # fmt: skip
