"""Read a stranger's file in a process of its own: little memory, little time, no files, no network, no store.

A workbook or archive can be built to exhaust or crash whoever opens it; here that ends one short-lived process, and the
caller gets a refusal with the reason.
"""

import codecs
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kpi_sources.catalog import Catalog, KpiSpec
from kpi_sources.encoding import CODE_PAGES
from kpi_sources.extract import Extract, from_reading
from kpi_sources.findings import Decision, Problem, Question
from kpi_sources.limits import LIMITS, Limits
from kpi_sources.mapping import Mapping
from kpi_sources.reading import Reading, read_bytes

MEMORY_BYTES = 512 * 1024 * 1024
SECONDS = 10.0  # for files up to SECONDS_FROM_BYTES; each further million bytes adds SECONDS_PER_MB
SECONDS_FROM_BYTES = 10_000_000
SECONDS_PER_MB = 1.0
MEMORY_PER_BYTE = 30  # a long file of a million rows (26 MB) takes about 800 MB while it is read
_ROOT = Path(__file__).resolve().parent.parent
_START = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from kpi_sources.worker import serve; serve()"
_UNICODE = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp437")  # cp437: names inside zip archives
_LISTS = ("kpi", "period", "cadence", "value", "text", "exact", "segment", "line", "column")


def allowed_seconds(size: int) -> float:
    """Wall time that a file of `size` bytes may take."""
    return SECONDS + max(0, size - SECONDS_FROM_BYTES) / 1_000_000 * SECONDS_PER_MB


def allowed_memory(size: int) -> int:
    """Bytes of memory that a file of `size` bytes may take: 512 MB, and more only for files that are large unpacked."""
    return MEMORY_BYTES + max(0, size - SECONDS_FROM_BYTES) * MEMORY_PER_BYTE


def read_untrusted(
    data: bytes,
    name: str,
    mapping: Mapping | None = None,
    catalog: Catalog | None = None,
    as_of: date | None = None,
    *,
    limits: Limits = LIMITS,
    memory: int | None = None,
    seconds: float | None = None,
) -> Extract:
    """As `read_extract`, in a limited process; a refusal reads "file refused: ..." and has `refused` set."""
    sha256 = hashlib.sha256(data).hexdigest()
    memory = allowed_memory(len(data)) if memory is None else memory
    if len(data) > limits.file_bytes:
        text = f"too large: {len(data):,} bytes, the limit is {limits.file_bytes:,}; split the file"
        return _refusal("too_large", text, name, sha256, len(data))
    request = {
        "name": name,
        "mapping": (mapping or Mapping()).to_dict(),
        "catalog": _pack_catalog(catalog or Catalog(open=True)),
        "as_of": (as_of or datetime.now(UTC).date()).isoformat(),
        "limits": asdict(limits),
        "memory": memory,
    }
    wall = seconds if seconds is not None else allowed_seconds(len(data))
    environment = {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    if sys.platform == "win32":
        environment["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", "")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _START],
            input=json.dumps(request).encode() + b"\n" + data,
            capture_output=True,
            timeout=wall,
            env=environment,
            cwd=_ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        text = f"too large: reading it took longer than the limit of {wall:g} seconds; send a smaller or plainer file"
        return _refusal("too_large", text, name, sha256, len(data))
    if done.returncode != 0:
        return _refusal("too_large", _why(done.returncode, done.stderr, memory), name, sha256, len(data))
    return from_reading(_unpack(done.stdout), name, sha256, len(data))


def _why(code: int, stderr: bytes, memory: int) -> str:
    last = stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
    if b"MemoryError" in stderr or code == 3:
        return f"too large: reading it needs more memory than the limit of {memory // 2**20} MB; send a smaller file"
    return f"unsupported: reading it failed unexpectedly (exit {code}, {last[0][:200]}); the file may be damaged"


def _refusal(code: str, text: str, name: str, sha256: str, size: int) -> Extract:
    problem = Problem(None, None, None, name, code, f"file refused: {text}")
    extract = from_reading(Reading(status="rejected", errors=[problem], layout="File refused"), name, sha256, size)
    extract.refused = True
    return extract


def _pack_catalog(catalog: Catalog) -> dict[str, Any]:
    return {
        "kpis": {key: asdict(spec) for key, spec in catalog.kpis.items()},
        "segments": catalog.segments,
        "open": catalog.open,
        "calendar_quarters": catalog.calendar_quarters,
    }


def _unpack_catalog(packed: dict[str, Any]) -> Catalog:
    kpis = {key: KpiSpec(**spec) for key, spec in packed["kpis"].items()}
    return Catalog(kpis, packed["segments"], packed["open"], packed["calendar_quarters"])


def _pack(reading: Reading) -> Iterator[str]:
    """One JSON document a line: first everything small, then one line a column."""
    small = {
        "status": reading.status,
        "repeated": reading.repeated,
        "missing": reading.missing,
        "layout": reading.layout,
        "errors": [asdict(p) for p in reading.errors],
        "warnings": [asdict(p) for p in reading.warnings[:5000]],
        "questions": [asdict(q) for q in reading.questions],
        "decisions": [asdict(d) for d in reading.decisions],
    }
    yield json.dumps(small)
    yield json.dumps([d.toordinal() for d in reading.start])
    for name in _LISTS:
        yield json.dumps(getattr(reading, name))


def _unpack(output: bytes) -> Reading:
    lines = output.split(b"\n")
    small = json.loads(lines[0])
    days: dict[int, date] = {}
    reading = Reading(
        status=small["status"],
        repeated=small["repeated"],
        missing=small["missing"],
        layout=small["layout"],
        errors=[Problem(**p) for p in small["errors"]],
        warnings=[Problem(**p) for p in small["warnings"]],
        questions=[Question(**{**q, "options": [tuple(o) for o in q["options"]]}) for q in small["questions"]],
        decisions=[Decision(**{**d, "alternatives": tuple(d["alternatives"])}) for d in small["decisions"]],
    )
    reading.start = [days.get(n) or days.setdefault(n, date.fromordinal(n)) for n in json.loads(lines[1])]
    for name, line in zip(_LISTS, lines[2:], strict=False):
        setattr(reading, name, json.loads(line))
    return reading


def _limit_process(memory: int) -> None:
    """No more memory than told, no file to write, no new file or socket to open, no core dump."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def serve() -> None:
    """The worker's side: read one request from stdin, answer on stdout; exit 3 when memory is not enough."""
    import decimal  # noqa: F401 - imported before the limits, because afterwards no file can be opened
    import zipfile  # noqa: F401
    from xml.parsers import expat  # noqa: F401

    header = json.loads(sys.stdin.buffer.readline())
    for page in (*CODE_PAGES, *_UNICODE, header["mapping"].get("encoding")):
        with suppress(LookupError, TypeError):
            codecs.lookup(page)  # a code page is a module: loaded now, used later
    _limit_process(header["memory"])
    try:
        data = sys.stdin.buffer.read()
        reading = read_bytes(
            data,
            header["name"],
            Mapping(**header["mapping"]),
            _unpack_catalog(header["catalog"]),
            date.fromisoformat(header["as_of"]),
            Limits(**header["limits"]),
            False,
        )
        del data
        for line in _pack(reading):
            sys.stdout.write(line)
            sys.stdout.write("\n")
        sys.stdout.flush()
    except MemoryError:
        os._exit(3)  # there is no memory left to say more


assert {f.name for f in fields(Reading)} >= {*_LISTS, "start"}
