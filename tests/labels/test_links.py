import json

import pytest

from labels.catalogue import CatalogueEntry
from labels.links import LinkFileError, load_links
from labels.marked_text import parse_marked_line

SENTENCES = [parse_marked_line("mobility | news | [Kia](COMPANY) pays [Acme](COMPANY).", "s-1")]
CATALOGUE = [CatalogueEntry(id="kia", name="Kia", type="COMPANY", country="KR")]


def line(**changes):
    return json.dumps({"sentence": "s-1", "name": "Kia", "start": 0, "entry": "kia"} | changes)


def written(tmp_path, *lines):
    path = tmp_path / "links.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_mentions_carry_their_entry_or_none(tmp_path):
    path = written(tmp_path, line(), line(name="Acme", start=9, entry=None))
    assert [(m.name, m.entry_id) for m in load_links(path, SENTENCES, CATALOGUE)] == [("Kia", "kia"), ("Acme", None)]


def test_no_file_is_no_mention(tmp_path):
    assert load_links(tmp_path / "none.jsonl", SENTENCES, CATALOGUE) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (line(sentence="s-2"), "links.jsonl:2: no sentence has the id 's-2'"),
        (line(start=1), "s-1 marks no entity 'Kia' at character 1"),
        (line(entry="kea"), "no entry of the catalogue has the id 'kea'"),
        ("{}", "must be"),
        ("nonsense", "must be"),
    ],
)
def test_a_broken_line_is_named_with_its_remedy(tmp_path, bad, message):
    with pytest.raises(LinkFileError, match=message):
        load_links(written(tmp_path, line(), bad), SENTENCES, CATALOGUE)
