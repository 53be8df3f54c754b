"""A big file without holding it: its SHA-256, what its bytes prove, and a sample of its lines."""

import codecs
import hashlib
import io
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

CHUNK = 1 << 22  # bytes read at a time
HEAD_LINES = 5_000  # the ordinary reader judges the delimiter by 2,000 lines
PROBES = 16_000  # lines taken evenly from the rest: enough to meet every name of a file sorted by name
_WINDOW = 1024  # bytes looked at around a probe, at first
LONGEST_LINE = 65_536  # bytes; a longer line is nothing for the bulk path
_HASHING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sha256")
# Letters that open a text encoded twice, and the sign of a lost character, as UTF-8.
_DOUBTFUL = (b"\xc3\x83", b"\xc3\x82", b"\xc3\x85", b"\xef\xbf\xbd")


@dataclass(frozen=True)
class Scan:
    """`lines` are physical; `newline` is empty where line ends are mixed; `ended`: the last line has its end.

    `quotes` counts the sign ".
    `plain`: valid UTF-8 without control characters and without signs of an earlier conversion that went wrong.
    """

    digest: Future[str] = field(repr=False)
    bytes: int
    lines: int
    newline: str
    ended: bool
    quotes: int
    plain: bool

    @property
    def sha256(self) -> str:
        """Of the whole file; waits until it is known."""
        return self.digest.result()


def scan(path: Path) -> Scan:
    """Read the file in chunks; its SHA-256 is computed beside, so that whoever does not need it yet need not wait."""
    digest = _HASHING.submit(_sha256, path)
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = newlines = returns = pairs = quotes = 0
    plain, last = True, b""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            codes = np.frombuffer(chunk, np.uint8)
            ends = int(np.count_nonzero(codes == 10))
            newlines += ends
            if b"\r" in chunk or last == b"\r":
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
            quotes += chunk.count(b'"') if b'"' in chunk else 0
            if plain:
                known = ends + chunk.count(b"\r") + chunk.count(b"\t")
                plain = int(np.count_nonzero(codes < 32)) == known and b"\x7f" not in chunk
                plain = plain and _decodes(decoder, chunk, last)
            last = chunk[-1:]
    plain = plain and _ends(decoder)
    newline = "\n" if not returns else "\r\n" if returns == pairs == newlines else ""
    return Scan(digest, size, newlines + (last != b"\n"), newline, last == b"\n", quotes, plain)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, last: bytes) -> bool:
    if chunk.isascii() and last.isascii():
        return True
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return not any(mark in chunk for mark in _DOUBTFUL)


def _ends(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def sample(path: Path, head_lines: int = HEAD_LINES, probes: int = PROBES) -> bytes:
    """The first lines of a file, lines taken evenly from the rest, and the last one, as one text of whole lines.

    Empty where a line is too long for that.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        parts = [
            line for line, _ in zip(iter(lambda: file.readline(LONGEST_LINE), b""), range(head_lines), strict=False)
        ]
        at = sum(map(len, parts))
    if any(len(line) >= LONGEST_LINE for line in parts):
        return b""
    if at < size:
        with path.open("rb", buffering=0) as file:
            parts += _probed(file, at, size, probes)
    return b"".join(parts)


def _probed(file: io.FileIO, at: int, size: int, probes: int) -> list[bytes]:
    """The lines that hold evenly spaced bytes beyond `at`, where a line begins, and the last line."""
    found: dict[int, bytes] = {}
    for place in [*(at + (size - at) * k // probes for k in range(probes)), size - 1]:
        window = _WINDOW
        while window <= LONGEST_LINE:
            begin = max(place - window, at)
            file.seek(begin)
            block = file.read(2 * window)
            start = block.rfind(b"\n", 0, place - begin) + 1
            end = block.find(b"\n", place - begin)
            if (start or begin == at) and (end >= 0 or begin + len(block) >= size):
                found[begin + start] = block[start : end + 1] if end >= 0 else block[start:] + b"\n"
                break
            window *= 4
    return list(found.values())
