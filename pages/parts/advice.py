"""What to do about each kind of problem that a file can have: the reader says what is wrong, this the next step."""

from models.language import mark, spoken

_IN_PLACE = mark("Correct it in the system the file comes from, or leave the row out and load the rest.")
_EXPORT = mark("Export it again as CSV (UTF-8) or as .xlsx, and drop the new file.")

ADVICE: dict[str, str] = {
    "binary_file": _EXPORT,
    "currency_mixed": mark("Bring all values of a KPI to one currency, or load them as KPIs of their own."),
    "check_failed": mark("Drop the file again; if it fails again, tell whoever looks after this store."),
    "date_ambiguous": mark("Answer which comes first, day or month, or export days as 2026-03-31."),
    "date_future": mark("Correct the period, or wait until it is over."),
    "date_invalid": mark("Write a period as 2026-03-31, 2026-03, 2026-W09 or 2026-Q1."),
    "date_mixed": mark("Write all periods of the column in one way."),
    "date_out_of_range": mark("Correct the year."),
    "delimiter": mark("Answer which sign separates the columns."),
    "duplicate_column": mark("Give every column a name of its own."),
    "duplicate_conflict": mark("Keep the right one of the two values and delete the other."),
    "empty_file": mark("Look whether the export went wrong: the file has no content."),
    "encoding": _EXPORT,
    "encoding_ambiguous": mark("Answer which code page spells the names right, or export as UTF-8."),
    "fiscal": mark("Answer in which month the fiscal year starts."),
    "formula_uncached": mark("Open the workbook in a spreadsheet, save it, and drop it again."),
    "gaps": mark("Look whether the export is complete, or change what is expected of this source under Data health."),
    "grain": mark("Load periods of the KPI's own length; add days up to weeks or months first."),
    "hidden": mark("Answer whether hidden rows count, or unhide them."),
    "jump": mark("Look at the unit and the decimal mark; if the value is right, nothing needs to be done."),
    "kpi_absent": mark(
        "Look whether the export is complete, or change what is expected of this source under Data health."
    ),
    "late": mark("Ask for the newer extract."),
    "layout": mark("Use one row a value (kpi, period, value), or one column a period or a KPI."),
    "missing_column": mark("Name the columns under “How to read it”, or in the file's header."),
    "missing_value": mark("Write the value or the name, or take the row out."),
    "multi_header": mark("Leave one header row (two at most) above the values."),
    "multi_table": mark("Save each table as a file, or a sheet, of its own."),
    "no_header": mark("Add a first row with names such as kpi, period, value."),
    "no_rows": mark("Look whether the export went wrong: there is no value below the header."),
    "more": mark("Mend what is listed first; the rest is likely of the same kind."),
    "nonfinite": mark("Write the number, or take the row out."),
    "nul_byte": _EXPORT,
    "number_ambiguous": mark("Answer which mark is the decimal mark."),
    "number_invalid": mark(
        "Write a plain number. Correct it in the system the file comes from, or leave the row out and load the rest."
    ),
    "number_mixed": mark("Write all numbers of the column in one way."),
    "percent_mixed": mark("Answer whether the values are percent points or fractions of 1."),
    "period_missing": mark("Write the day, week, month or quarter that the value belongs to."),
    "period_open": mark("Nothing, if the value may still grow; else wait until the period is over."),
    "ragged_row": mark("Put texts that hold the delimiter in quotes, or add the missing cell."),
    "range": mark("Correct the value or its unit; if it is right, widen the range in the KPI's definition."),
    "row_count": mark(
        "Look whether the export is complete, or change what is expected of this source under Data health."
    ),
    "sheet_ambiguous": mark("Answer which sheet is to be read."),
    "spreadsheet_error": mark("Mend the formula in the spreadsheet, save it, and drop it again."),
    "too_large": mark("Split the file, for example by year, or load it with the terminal."),
    "truncated": mark("The file ends too early: fetch or export it again."),
    "unbalanced_quote": mark("Close the quotation mark in that line, or export again."),
    "unit_mismatch": mark("Bring the values to the unit of the KPI's definition, or change the definition."),
    "unknown_kpi": mark("Choose the known KPI that is meant, or tick “Create”."),
    "unknown_segment": mark("Correct the segment's name."),
    "unsupported": _EXPORT,
    "xml_unsafe": mark("Save the workbook anew in a spreadsheet program."),
}


def advice(code: str) -> str:
    """The next step; a code without its own is corrected where the file comes from."""
    return spoken(ADVICE.get(code, _IN_PLACE))
