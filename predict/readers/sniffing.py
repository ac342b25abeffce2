"""Which format a file is in, told from its name and from how its content begins."""

from __future__ import annotations

import codecs
import re

EXTENSIONS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".eml": "email",
    ".rss": "feed",
    ".atom": "feed",
    ".xml": "feed",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
# Names that promise little: what is inside decides.
_VAGUE = frozenset(("", ".txt", ".xml"))
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
)
_PARQUET_MAGIC = b"PAR1"
_PROLOGUE = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!doctype[^>]*>)*", re.IGNORECASE | re.DOTALL)
_FEED_ROOT = re.compile(r"<(?:rss|feed|rdf:rdf)\b", re.IGNORECASE)
_HTML_ROOT = re.compile(
    r"<(?:html|head|body|title|meta|table|div|p|h[1-6]|article|main|section|center|span|ul|ol)\b",
    re.IGNORECASE,
)
_HTML_DOCTYPE = re.compile(r"\s*<!doctype\s+html", re.IGNORECASE)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:(?:\s|$)|[ \t]|From ")
_MAIL_HEADER = re.compile(
    r"^(?:from|to|subject|date|received|return-path|message-id|mime-version|content-type):",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = 8192


def format_of(suffix: str, data: bytes) -> str:
    """Return the format of a file, or "" where neither its name nor its content tells."""
    named = EXTENSIONS.get(suffix.lower(), "")
    if suffix.lower() not in _VAGUE:
        return named
    return "parquet" if data.startswith(_PARQUET_MAGIC) else _format_inside(_head(data))


def binary_kind(data: bytes) -> str:
    """Return what a file of a known binary kind is, with its article, or ""."""
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")


def _head(data: bytes) -> str:
    head = data[:_HEAD]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "ignore")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _format_inside(head: str) -> str:
    root = _PROLOGUE.sub("", head, count=1)
    if _FEED_ROOT.match(root):
        return "feed"
    if _HTML_DOCTYPE.match(head) or _HTML_ROOT.match(root):
        return "html"
    return "email" if _is_mail(head) else "text"


def _is_mail(head: str) -> bool:
    """Tell a mail by an unbroken run of header lines; one alone could open any text."""
    headers = re.split(r"\r?\n\r?\n", head.lstrip("\r\n"), maxsplit=1)[0]
    lines = headers.splitlines()
    return all(_HEADER.match(line) for line in lines) and len(_MAIL_HEADER.findall(headers)) > 1
