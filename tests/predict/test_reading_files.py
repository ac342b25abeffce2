"""Which files are read, in which format and encoding, and what is said of those that cannot be."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from predict.issue import IssueError
from predict.reading import FORMATS, find_files, read_issues
from tests.predict.written_issues import blocks_of, fault_of, texts_of


@pytest.mark.parametrize(
    ("name", "source", "kind"),
    [
        ("a.txt", "<!-- x --><html><body><h1>Hi</h1></body></html>", "heading"),
        ("a", "From: a@crumb.example\nSubject: x\n\n<not html>", "paragraph"),
        ("a.txt", "Subject: one header line is only text\nand goes on\n", "paragraph"),
        ("a.xml", "<?xml version='1.0'?><html><h1>Hi</h1></html>", "heading"),
    ],
)
def test_a_vague_name_is_settled_by_the_content(tmp_path: Path, name: str, source: str, kind: str) -> None:
    blocks = blocks_of(tmp_path, name, source)
    assert blocks[0].kind == kind
    assert len(blocks) == (2 if "one header" in source else 1)


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"<html><p>piped</p></html>")))
    (issue,) = read_issues(Path("-"))
    assert (issue.name, issue.blocks[0].text) == ("stdin", "piped")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "Café"),
        ("utf-16", "Café"),
        ("cp1252", "The café’s owner, Señor Müller, paid £3m — a “naïve” price."),
        ("cp1251", "Компания заявила, что откроет новый завод по производству микросхем."),
        ("gb18030", "这家公司周一表示，将在海边开设一家新的芯片工厂，预计明年投产。"),
        ("big5", "這家公司週一表示，將在海邊開設一家新的晶片工廠，預計明年投產。"),
        ("shift_jis", "その会社は月曜日、海辺の新しい工場で半導体の生産を始めると発表した。"),
    ],
)
def test_text_in_common_encodings_is_read(tmp_path: Path, encoding: str, text: str) -> None:
    assert texts_of(tmp_path, "a.txt", text.encode(encoding)) == [text]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ('<?xml version="1.0" encoding="koi8-r"?>', "koi8-r"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp">', "iso2022_jp"),
    ],
)
def test_html_is_read_in_the_encoding_it_declares(tmp_path: Path, head: str, encoding: str) -> None:
    assert texts_of(tmp_path, "a.html", f"{head}<p>Да, чип".encode(encoding)) == ["Да, чип"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"one\0two", "binary content"),
        (b"%PDF-1.7 x", "looks like a PDF"),
        (b"PK\x03\x04 x", "looks like a ZIP"),
        (b"\x89PNG x", "looks like a PNG"),
        (bytes(range(128, 256)) * 3, "not UTF-8 and no encoding could be told; save it as UTF-8"),
        (b"\xff\xfea", "not UTF-8 and no encoding"),
        (b"\xff\xfea\0\0\0", "binary content"),
        (b"<html><script>bad()</script></html>", "no readable text"),
    ],
)
def test_a_file_without_text_says_what_is_wrong(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in fault_of(tmp_path, "a.txt", content)


def test_a_path_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(IssueError, match="no such file"):
        read_issues(tmp_path / "none.txt")
    with pytest.raises(IssueError, match="a folder, not a file"):
        read_issues(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_forbidden_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(IssueError, match="permission denied"):
        read_issues(path)


def test_an_unknown_format_or_extension_names_the_remedy(tmp_path: Path) -> None:
    assert all(format in fault_of(tmp_path, "a.txt", "x", format="odt") for format in FORMATS)
    assert "--input-format" in fault_of(tmp_path, "a.odd", "x")
    assert texts_of(tmp_path, "a.odd", "x", format="text") == ["x"]


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md"])
def test_a_line_of_ten_megabytes_is_one_block(tmp_path: Path, name: str) -> None:
    (text,) = texts_of(tmp_path, name, "a quiet word " * 800_000)
    assert len(text) == 13 * 800_000 - 1


def test_a_folder_stands_for_its_files_in_order_and_odd_ones_are_reported(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.html", "a/.hidden/x.txt", ".secret.txt", "c.docx", "a.TXT"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    files, errors = find_files([tmp_path])
    assert [str(file.relative_to(tmp_path)) for file in files] == ["a/z.html", "a.TXT", "b.md"]
    assert [str(error).split(": ")[0] for error in errors] == [str(tmp_path / "c.docx")]


def test_missing_paths_and_empty_folders_are_reported_and_the_rest_is_kept(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.odd").write_text("x")
    files, errors = find_files([tmp_path / "none", tmp_path / "empty", "-", tmp_path / "a.odd"])
    assert files == [Path("-"), tmp_path / "a.odd"]
    assert ["no such file" in str(errors[0]), "no files in this folder" in str(errors[1])] == [True, True]


def test_importing_reading_loads_no_parser() -> None:
    parsers = "'lxml', 'trafilatura', 'feedparser', 'markdown_it', 'charset_normalizer'"
    script = f"import sys, predict.reading; print([name for name in ({parsers}) if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
