"""What the bytes are, whatever the name says: text, gzip of it, a workbook, or something we do not read."""

import io
import struct
import zipfile
import zlib

from kpi_sources.limits import Limits, Refused, too_large

_BINARY = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "a media file",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"BM\xf6": "a bitmap image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
}
_PACKED = {
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!": "RAR",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def unpack(data: bytes, limits: Limits, depth: int = 0) -> tuple[str, bytes, list[str]]:
    """(kind, bytes, what was unpacked); kind is 'text', 'workbook', 'json', 'parquet'. Raises Refused."""
    if len(data) > limits.file_bytes:
        raise too_large("bytes", len(data), limits.file_bytes)
    if not data:
        raise Refused("empty_file", "the file is empty (0 bytes)")
    if data.startswith(b"\x1f\x8b"):
        return _nested(gunzip(data, limits), limits, depth, "gzip")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(data, limits, depth)
    if data.startswith(b"PAR1"):
        return "parquet", data, []
    _refuse_foreign(data)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"["):
        return "json", data, []
    lowered = head[:600].lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<table")) or (
        lowered.startswith(b"<") and b"<table" in data[:65536].lower()
    ):
        raise Refused(
            "unsupported", "unsupported file type: an HTML page, whatever its name; save it as .xlsx or .csv", line=1
        )
    if lowered.startswith(b"<?xml") or lowered.startswith(b"<workbook"):
        raise Refused("unsupported", "unsupported file type: XML; save it as .xlsx or .csv", line=1)
    return "text", data, []


def _refuse_foreign(data: bytes) -> None:
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Refused(
                "unsupported", "unsupported: the workbook is protected by a password (encrypted); save it without one"
            )
        raise Refused(
            "unsupported", "unsupported: a legacy Excel workbook (.xls, OLE format); save it as .xlsx or .csv"
        )
    for magic, what in _BINARY.items():
        if data.startswith(magic):
            raise Refused("binary_file", f"binary file: {what}, not a CSV, text or xlsx file")
    for magic, what in _PACKED.items():
        if data.startswith(magic):
            raise Refused("unsupported", f"unsupported compression: {what}; send it unpacked or as gzip")


def _nested(data: bytes, limits: Limits, depth: int, how: str) -> tuple[str, bytes, list[str]]:
    if depth >= 1:
        raise Refused("unsupported", f"unsupported: an archive inside an archive ({how}); send the file itself")
    kind, inner, steps = unpack(data, limits, depth + 1)
    return kind, inner, [how, *steps]


def gunzip(data: bytes, limits: Limits) -> bytes:
    """All members unpacked, in steps, so that a bomb stops at the limit. Raises Refused."""
    out = bytearray()
    rest = data
    while rest:
        engine = zlib.decompressobj(wbits=31)
        feed = rest
        while feed and not engine.eof:
            try:
                out += engine.decompress(feed, 1 << 20)
            except zlib.error as error:
                raise Refused("truncated", f"the gzip file is corrupt: {error}; send it again") from error
            feed = engine.unconsumed_tail
            _check_growth(len(out), len(data), limits)
            if not feed and not engine.eof:
                break
        if not engine.eof:
            raise Refused("truncated", "the gzip file is truncated: it ends before its end mark; send it again")
        rest = engine.unused_data.lstrip(b"\x00")
        if rest and not rest.startswith(b"\x1f\x8b"):
            raise Refused("truncated", "the gzip file is corrupt: other bytes follow its end; send it again")
    return bytes(out)


def _check_growth(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > limits.unpacked_bytes:
        raise too_large("unpacked bytes", unpacked, limits.unpacked_bytes)
    if unpacked > limits.ratio_from_bytes and unpacked > packed * limits.unpack_ratio:
        raise Refused(
            "too_large",
            f"too large when unpacked: {packed:,} bytes grow more than {limits.unpack_ratio} times "
            f"({unpacked:,} bytes so far), the limit for packed files",
        )


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The archive's directory; raises Refused when it is damaged."""
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, struct.error, ValueError, OverflowError, NotImplementedError) as error:
        raise Refused("truncated", f"the file is truncated or corrupt: not a valid zip or xlsx ({error})") from error


def read_member(archive: zipfile.ZipFile, name: str, limits: Limits, packed: int) -> bytes:
    """One member, in steps, whatever size its header claims. Raises Refused."""
    out = bytearray()
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(1 << 20):
                out += chunk
                _check_growth(len(out), packed, limits)
    except NotImplementedError as error:
        raise Refused("unsupported", f"unsupported compression of {name!r} in the archive ({error})") from error
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise Refused("unsupported", f"unsupported: {name!r} is encrypted or protected by a password") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, KeyError) as error:
        raise Refused("truncated", f"the file is truncated or corrupt: {name!r} does not unpack ({error})") from error
    return bytes(out)


def _archive(data: bytes, limits: Limits, depth: int) -> tuple[str, bytes, list[str]]:
    archive = open_zip(data)
    names = [n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX/")]
    if "xl/workbook.xml" in names:
        return "workbook", data, []
    for mark, what in (
        ("xl/workbook.bin", "a binary workbook (.xlsb)"),
        ("word/document.xml", "a Word document"),
        ("ppt/presentation.xml", "a presentation"),
        ("mimetype", "an OpenDocument file (.ods)"),
    ):
        if mark in names:
            raise Refused("unsupported", f"unsupported file type: {what}; save it as .xlsx or .csv")
    if len(names) != 1:
        raise Refused(
            "unsupported", f"unsupported: a zip archive with {len(names)} files; send the one file to load, unpacked"
        )
    return _nested(read_member(archive, names[0], limits, len(data)), limits, depth, f"zip ({names[0]})")
