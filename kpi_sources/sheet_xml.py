"""The XML inside a workbook, read event by event, without document types or entities."""

from collections.abc import Callable
from xml.parsers import expat

from kpi_sources.limits import Refused

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def walk(data: bytes, start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Call back for each element, by its name without namespace. Raises Refused for unsafe or broken XML."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.ordered_attributes = False

    def refuse(*_: object) -> None:
        raise Refused("xml_unsafe", "unsafe XML in the workbook: a document type or entity (DTD) is forbidden")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attrs: start(
        name.rpartition("}")[2], {k.rpartition("}")[2]: v for k, v in attrs.items()}
    )
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition("}")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Refused("truncated", f"the workbook is corrupt: its XML cannot be read ({error})") from error
