"""Text that begins like a formula is kept as text; numbers stay numbers."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pages.exports.neutral import clean, csv_cell, is_formula_like, legible

OWASP = (
    '=HYPERLINK("http://evil","x")', "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x",
    "=cmd|' /C calc'!A0", " =1+1", "\u00a0=1", "\u200b=1", "'=1", '"=1',
)  # fmt: skip


@pytest.mark.parametrize("text", OWASP)
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text):
    assert is_formula_like(text)
    assert csv_cell(text) == f"'{clean(text)}"


@pytest.mark.parametrize("text", ["Revenue", "5*3*2", "", "a=1", "1-2", "(=1)", "–5", "−5 %", "<img src=x>"])
def test_other_text_stays_as_it_is(text):
    assert not is_formula_like(text)
    assert csv_cell(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-5, "-5"), (-0.25, "-0.25"), (1e21, "1e+21"), (0.1, "0.1"), (np.float64(-2.5), "-2.5"), (True, "true"),
        (None, ""), (float("nan"), ""), (pd.NaT, ""), (pd.NA, ""), (date(2026, 7, 1), "2026-07-01"),
    ],
)  # fmt: skip
def test_values_that_are_no_text(value, written):
    assert csv_cell(value) == written


def test_what_no_document_may_hold_becomes_a_replacement_sign():
    assert legible("a\x0bb\ud800c\ufffed") == "a b\ufffdc\ufffdd"
    assert clean("\u202egnp.exe 5 %") == " gnp.exe 5 %"
