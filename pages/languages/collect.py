"""Collects every text of the code into the catalogues: `make words`. Translations stay; what is gone turns obsolete.

A text is the literal in `tr`, `trn` (two: for one, for many), `mark`, `Word` (word and meaning) and `_threshold` (unit,
reason).
"""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
ROOMS = ("models", "kpi_sources", "data", "pages")
DOORS = ("dashboard.py", "cli.py", "workspace.py")
TAKES = {"tr": (0,), "mark": (0,), "Word": (0, 3), "_threshold": (1, 2)}  # function: which of its arguments are texts
Text = str | tuple[str, str]


class NotALiteral(ValueError):
    """A text that cannot be collected, with its file and line."""


def texts(source: str, name: str = "") -> Iterator[tuple[Text, int]]:
    """Each text of a file with its line; NotALiteral where an argument is not a plain string."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for place in TAKES.get(called, ()):
            if place < len(node.args):
                yield _literal(node.args[place], name), node.lineno
        if called == "trn":
            one, many = (_literal(argument, name) for argument in node.args[:2])
            yield (one, many), node.lineno


def _literal(node: ast.expr, name: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotALiteral(f"{name}:{node.lineno}: {ast.unparse(node)} is not a literal, so it cannot be collected")


def files() -> list[Path]:
    inside = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [path for path in [*inside, *(ROOT / door for door in DOORS)] if path != Path(__file__).resolve()]


def template() -> Catalog:
    """Every text of the code, with the files it stands in."""
    found = Catalog(project="Needle", fuzzy=False)
    for path in files():
        name = str(path.relative_to(ROOT))
        for text, _ in texts(path.read_text(encoding="utf-8"), name):
            if text:
                found.add(text, locations=[(name, 0)])
    return found


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def updated(path: Path, found: Catalog) -> bytes:
    """The catalogue with the texts of the code: its translations and its head stay."""
    catalogue = read(path)
    head = catalogue.header_comment
    catalogue.update(found, no_fuzzy_matching=True)
    catalogue.header_comment = head
    for message in catalogue:
        message.locations = sorted({(name, 0) for name, _ in message.locations})
    out = io.BytesIO()
    write_po(out, catalogue, width=120, include_lineno=False, sort_by_file=True)
    return out.getvalue()


def main() -> None:
    found = template()
    for path in sorted(FOLDER.glob("*.po")):
        path.write_bytes(updated(path, found))
        missing = sum(not (all(m.string or ()) if m.pluralizable else m.string) for m in read(path) if m.id)
        print(f"{path.name}: {len(found)} texts, {missing} to be translated", file=sys.stderr)


if __name__ == "__main__":
    main()
