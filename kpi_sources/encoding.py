"""Bytes to text. UTF proves itself; a single-byte code page must be proved by the words it spells, or asked."""

import re
from dataclasses import dataclass

from kpi_sources.findings import Asked, Question
from kpi_sources.limits import Refused
from kpi_sources.months import MONTHS
from kpi_sources.names import name_key

CODE_PAGES = (
    "cp1252",
    "iso8859-15",
    "mac_roman",
    "cp850",
    "cp1250",
    "iso8859-2",
    "cp1251",
    "koi8-r",
    "cp1253",
    "cp1254",
)
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)",
    "utf-32": "UTF-32",
    "cp1252": "windows-1252",
    "iso8859-15": "ISO-8859-15",
    "mac_roman": "Mac Roman",
    "cp850": "DOS code page 850",
    "cp1250": "windows-1250",
    "iso8859-2": "ISO-8859-2",
    "cp1251": "windows-1251",
    "koi8-r": "KOI8-R",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254",
}
# Letters that western European words are spelt with, and the signs that reports use. Anything else in a western code
# page is a hint that the bytes mean something else.
_USUAL_LETTERS = set("äöüßÄÖÜàâæçéèêëîïôœùûÿÀÂÆÇÉÈÊËÎÏÔŒÙÛåøÅØñáíóúÁÍÓÚÑãõÃÕìòÌÒý")
_USUAL_SIGNS = set("€£§°–—‘’“”„…•·«»©®™¹²³½¼¾×±¿¡\u00a0ºª")
_PROBE_LINES = 20_000
_WORD = re.compile(r"[^\s;,|\t\"]{0,40}[^\x00-\x7f][^\s;,|\t\"]{0,40}")
_MOJIBAKE = re.compile("[ÃÂÅ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸ¡-¿]")
_GARBLED_WORD = re.compile(r"[^\s;,|\t\"]{0,40}[ÃÂÅ][^\s;,|\t\"]{1,40}")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1e\x7f]")


@dataclass(frozen=True)
class Decoded:
    """The text (line ends untouched), the code page's Python name, and why it was taken."""

    text: str
    encoding: str
    because: str


def decode(data: bytes, words: set[str], wanted: str | None = None) -> Decoded:
    """Text of `data`; `words` are name keys that the file may hold. Raises Refused or Asked."""
    decoded = _as_told(data, wanted) if wanted else _by_mark(data) or _by_zeros(data) or _as_utf8(data)
    if decoded is None and len(_CONTROL_BYTES.findall(data[:100_000])) > max(3, len(data[:100_000]) // 50):
        raise Refused(
            "binary_file", "binary file: many of its bytes are control characters; not a CSV or text file", line=1
        )
    if decoded is None:
        decoded = _by_words(data, words)
    text = decoded.text[:-1] if decoded.text.endswith("\x1a") else decoded.text  # the end mark of DOS files
    _check_text(text)
    return Decoded(text, decoded.encoding, decoded.because)


def line_of(text: str, position: int) -> int:
    """1-based physical line of a character; CR, LF and CRLF each end one line."""
    head = text[:position]
    return head.count("\n") + head.count("\r") - head.count("\r\n") + 1


def _as_told(data: bytes, wanted: str) -> Decoded:
    try:
        return Decoded(data.decode(wanted).removeprefix("\ufeff"), wanted, "the mapping says so")
    except LookupError as error:
        raise Refused("encoding", f"unknown encoding {wanted!r} in the mapping") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused("encoding", f"line {line}: the bytes are not {wanted}, as the mapping says", line=line) from error


def _by_mark(data: bytes) -> Decoded | None:
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return Decoded(data.decode(name), name, "a byte order mark opens the file")
            except UnicodeDecodeError as error:
                line = data[: error.start].count(b"\n") + 1
                raise Refused(
                    "encoding",
                    f"line {line}: the byte order mark says {LABELS[name]}, but byte {error.start + 1:,} cannot be "
                    "decoded; save the file again as UTF-8",
                    line=line,
                ) from error
    return None


def _by_zeros(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: every second byte of western text is zero."""
    head = data[:4000]
    if len(head) < 4 or b"\x00" not in head:
        return None
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / max(len(head[1::2]), 1)
    name = "utf-16-le" if odd > 0.4 and even < 0.05 else "utf-16-be" if even > 0.4 and odd < 0.05 else None
    if name is None:
        return None
    try:
        return Decoded(data.decode(name), name, "every second byte is zero")
    except UnicodeDecodeError:
        return None


def _as_utf8(data: bytes) -> Decoded | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Decoded(text, "utf-8", "plain ASCII" if text.isascii() else "every byte is valid UTF-8")


def _bad_utf8_lines(data: bytes) -> tuple[list[int], int]:
    """Lines that are not UTF-8, and how many lines hold valid UTF-8 beyond ASCII."""
    bad, good = [], 0
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", data), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad.append(number)
    return bad, good


def _by_words(data: bytes, words: set[str]) -> Decoded:
    bad, good = _bad_utf8_lines(data)
    if good:
        named = ", ".join(map(str, bad[:20]))
        raise Refused(
            "encoding",
            f"mixed encodings: most of the file is UTF-8, but the bytes of line {named} are not; "
            "save the file again in one encoding",
            line=bad[0],
        )
    known = words | set(MONTHS)
    doubtful = b"\n".join(
        list(dict.fromkeys(x for x in re.split(rb"\r\n|\r|\n", data) if not x.isascii()))[:_PROBE_LINES]
    )
    tried: list[tuple[tuple[int, int], int, str, str]] = []
    for order, page in enumerate(CODE_PAGES):
        try:
            text = doubtful.decode(page)
        except UnicodeDecodeError:
            continue
        tried.append((_spelling(text, page, known), order, page, text))
    if not tried:
        raise Refused("encoding", f"line {bad[0]}: the bytes are in no encoding that we read", line=bad[0])
    tried.sort(key=lambda t: (t[0], t[1]))
    (misses, odd), _, page, text = tried[0]
    proven = misses < 0
    if not proven and (odd or _rare_letters(text, page)):
        raise _ask(tried, bad[0])
    because = "its bytes spell known names" if proven else "its bytes are not UTF-8 and spell western European words"
    try:
        return Decoded(data.decode(page), page, because)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused(
            "encoding", f"line {line}: the bytes are not {LABELS[page]} as the lines before", line=line
        ) from error


def _spelling(text: str, page: str, known: set[str]) -> tuple[int, int]:
    """(minus the number of distinct known names spelt, number of odd characters); smaller is better."""
    fields = {
        name_key(f) for line in re.split(r"[\r\n]+", text) for f in re.split(r"[;,\t|\"]", line) if not f.isascii()
    }
    spelt = len(fields & known)
    spelt += len({name_key(w).strip(".") for f in fields for w in f.split()} & set(MONTHS) - known)
    odd = sum(_oddness(w, page) for w in set(_WORD.findall(text)))
    return -spelt, odd


def _oddness(word: str, page: str) -> int:
    odd = 0
    for i, c in enumerate(word):
        if c.isascii():
            continue
        before, after = word[i - 1 : i], word[i + 1 : i + 2]
        if c in _USUAL_LETTERS:
            between_digits = before.isdigit() and after.isdigit()
            lonely_capital = c.isupper() and before.islower()
            odd += 1 if between_digits or lonely_capital else 0
        elif c in _USUAL_SIGNS:
            inside_word = before.isalpha() and after.isalpha() and c not in "’‘–—·\u00a0•"
            beside_word = (before + after).isalpha() and c in "£€¼½¾±×°"
            odd += 1 if inside_word or beside_word or (c in "„«" and before.isalpha()) else 0
        elif c.isalpha() and page not in ("cp1252", "iso8859-15", "mac_roman", "cp850"):
            odd += 1 if before.isdigit() or after.isdigit() else 0
        else:
            odd += 2
    return odd


def _rare_letters(text: str, page: str) -> bool:
    """Letters that need a proof: in windows-1252 they stand where other code pages have their usual letters."""
    return page not in ("cp1252", "iso8859-15") or any(c in "ŠŽšžŸƒ" for c in text)


def _ask(tried: list[tuple[tuple[int, int], int, str, str]], line: int) -> Asked:
    options: list[tuple[str, str]] = []
    seen: set[str] = set()
    for _, _, page, text in tried:
        sample = ", ".join(dict.fromkeys(_WORD.findall(text)))[:60]
        if sample not in seen and len(options) < 5:
            seen.add(sample)
            options.append((page, f"{LABELS.get(page, page)}: {sample}"))
    return Asked(
        Question(
            "encoding_ambiguous",
            f"line {line}: the encoding cannot be told from the file: it is not UTF-8, and several code pages "
            "are possible; say which one spells the names right",
            list(options),
            "encoding",
            line,
        )
    )


def _check_text(text: str) -> None:
    if "\ufffd" in text:
        line = line_of(text, text.index("\ufffd"))
        raise Refused(
            "encoding",
            f"line {line}: characters were lost in an earlier conversion (U+FFFD stands in their place); export again",
            line=line,
        )
    control = _CONTROL.search(text)
    if control and not (control.group() == "\x1f" and "\x1f" in text.split("\n", 1)[0]):  # a delimiter made for it
        _refuse_control(text, control)
    for garbled in _GARBLED_WORD.finditer(text) if _MOJIBAKE.search(text) else ():
        try:
            garbled.group().encode("cp1252").decode("utf-8")
        except UnicodeError:
            continue
        line = line_of(text, garbled.start())
        raise Refused(
            "encoding",
            f"line {line}: the text was encoded twice (UTF-8 read as windows-1252): {garbled.group()!r}; export again",
            line=line,
        )


def _refuse_control(text: str, first: re.Match[str]) -> None:
    found = _CONTROL.findall(text)
    lines = list(
        dict.fromkeys(line_of(text, m.start()) for _, m in zip(range(20), _CONTROL.finditer(text), strict=False))
    )
    named = ", ".join(map(str, lines))
    if len(found) > max(20, len(text) // 50):
        raise Refused(
            "binary_file", "binary file: it holds many control characters and is not a CSV or text file", line=1
        )
    what = "NUL bytes" if "\x00" in found else f"control characters (\\x{ord(first.group()):02x})"
    raise Refused("nul_byte", f"line {named}: {what} in the text; the file is damaged, export it again", line=lines[0])
