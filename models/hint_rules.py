"""The rules for good OKRs, each once: the hint in a word, why it matters, how to mend it."""

from dataclasses import dataclass

from models.language import mark


@dataclass(frozen=True)
class Rule:
    """`part` is the letter of SMART that it serves, or a word: shape, risk. Texts are English catalogue keys."""

    part: str
    word: str
    why: str
    fix: str


RULES: dict[str, Rule] = {
    "objectives_many": Rule(
        "shape",
        mark("Too many objectives"),
        mark("A team that has everything as a priority has none."),
        mark("Keep the two or three that matter most; move the others to the next cycle."),
    ),
    "objectives_few": Rule(
        "shape",
        mark("Only one objective"),
        mark("Two or three show what the team will not trade away for the first."),
        mark("Ask what must not suffer meanwhile, and write it as a second objective."),
    ),
    "key_results_many": Rule(
        "shape",
        mark("Too many key results"),
        mark("With more than a handful nobody remembers them, and the score is an average of everything."),
        mark("Keep the ones without which the objective is not reached."),
    ),
    "key_results_few": Rule(
        "shape",
        mark("Too few key results"),
        mark("One figure can be met while the objective is missed."),
        mark("Add a second view of the same aim, or a guardrail."),
    ),
    "weights_odd": Rule(
        "shape",
        mark("Weights do not add up"),
        mark("They are used as shares of their sum, which may not be what was meant."),
        mark("Let them add up to 1 or to 100."),
    ),
    "no_title": Rule(
        "specific",
        mark("No words"),
        mark("Readers see an identifier where they expect an aim."),
        mark("Write the aim in one sentence."),
    ),
    "no_measure": Rule(
        "specific",
        mark("No measure"),
        mark("Without a KPI or a measure, progress is whatever somebody types in."),
        mark("Link the KPI from which the value is read."),
    ),
    "no_unit": Rule(
        "measurable",
        mark("No unit"),
        mark("A bare number is read in more than one way."),
        mark("Give the KPI a unit, or the key result a format."),
    ),
    "no_owner": Rule(
        "specific",
        mark("Nobody answers for it"),
        mark("What belongs to all is checked by none."),
        mark("Name one owner."),
    ),
    "out_of_reach": Rule(
        "achievable",
        mark("Probably out of reach"),
        mark("Even if the best past window repeated, the target would seldom be met."),
        mark("Lower the target, or mark the objective aspirational."),
    ),
    "by_luck": Rule(
        "achievable",
        mark("May pass by luck"),
        mark("Doing nothing would meet this target more often than not, so passing says nothing of the work."),
        mark("Raise the target, or read the KPI as a mean of the whole cycle."),
    ),
    "too_small_to_see": Rule(
        "achievable",
        mark("Too small to be seen"),
        mark("The wanted change is within the noise of the KPI: the verdict would be “cannot tell”."),
        mark("Want more, wait longer, or add a control KPI."),
    ),
    "no_outcome": Rule(
        "relevant",
        mark("No outcome KPI"),
        mark("Nobody will be able to say whether it moved anything: the verdict would be “Unlinked”."),
        mark("Link the KPI it is meant to move, with the role outcome."),
    ),
    "output_wording": Rule(
        "relevant",
        mark("Describes work, not a result"),
        mark("Work can be done without anything getting better: this is where vanity wins come from."),
        mark("Say what will be different afterwards, or link the KPI it is meant to move."),
    ),
    "vanity_risk": Rule(
        "relevant",
        mark("Can pass without moving anything"),
        mark("A yes/no, milestone or survey key result is met by doing it, whatever comes of it."),
        mark("Link the KPI it is meant to move, with the role outcome."),
    ),
    "no_parent": Rule(
        "relevant",
        mark("Supports nothing above it"),
        mark("Readers cannot see which aim of the company it serves."),
        mark("Name the objective it supports as its parent."),
    ),
    "due_outside": Rule(
        "time-bound",
        mark("Due outside the cycle"),
        mark("The cycle is scored before it can be reached."),
        mark("Bring the day inside the cycle, or move it to another cycle."),
    ),
    "kpi_unknown": Rule(
        "measurable",
        mark("The KPI is not known"),
        mark("Nothing can be read or judged until it exists."),
        mark("Load its values, or correct its name."),
    ),
    "kpi_no_history": Rule(
        "measurable",
        mark("The KPI has no history"),
        mark("What it would have done anyway cannot be said, so no verdict is possible."),
        mark("Load its history, two years if there is one."),
    ),
    "kpi_undefined": Rule(
        "measurable",
        mark("The KPI is to be defined"),
        mark("Direction, unit and the smallest change that matters were taken from the file's looks."),
        mark("Complete its definition."),
    ),
    "only_lagging": Rule(
        "risk",
        mark("Only lagging KPIs"),
        mark("The team learns at the end of the cycle whether its work helped."),
        mark("Add a key result on a leading KPI that moves first."),
    ),
    "no_guardrail": Rule(
        "risk",
        mark("No guardrail"),
        mark("Another team's KPI hangs on the same driver and may pay for this win."),
        mark("Link that KPI with the role guardrail."),
    ),
}
