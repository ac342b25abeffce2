from pathlib import Path

import pytest

from labels.catalogue import CatalogueError, load_catalogue
from labels.taxonomy import load_taxonomy

KIA = "- {id: kia, name: Kia, type: COMPANY, country: KR"


def written(folder: Path, *entries: str) -> Path:
    (folder / "a.yaml").write_text("\n".join(entries), encoding="utf-8")
    return folder


def test_entries_are_read_with_their_names(tmp_path):
    (entry,) = load_catalogue(written(tmp_path, KIA + ", aliases: [Kia Motors, 起亚], tickers: ['000270.KS']}"))
    assert entry.names == ["Kia", "Kia Motors", "起亚"]
    assert entry.parent is None


def test_a_folder_that_is_not_there_holds_no_entry(tmp_path):
    assert load_catalogue(tmp_path / "none") == []


def test_two_entries_may_share_a_name_if_one_says_so(tmp_path):
    delta = "- {id: delta-air, name: Delta Air Lines, type: COMPANY, country: US, aliases: [Delta]%s}"
    other = "- {id: delta-electronics, name: Delta Electronics, type: COMPANY, country: TW, aliases: [Delta]}"
    with pytest.raises(CatalogueError, match="the name 'Delta' belongs to delta-air"):
        load_catalogue(written(tmp_path, delta % "", other))
    assert len(load_catalogue(written(tmp_path, delta % ", shared: [Delta]", other))) == 2


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([KIA + "}", KIA + "}"], r"a.yaml:2: the id 'kia' stands at .*a.yaml:1 too"),
        ([KIA + ", parent: hyundai}"], "a.yaml:1: the parent 'hyundai' is no id of the catalogue"),
        ([KIA + ", parent: kia}"], "is its own ancestor"),
        ([KIA + ", aliases: [Kia]}"], "'Kia' stands twice"),
        ([KIA + ", ambiguous: [Kea]}"], "'Kea' is marked ambiguous or shared and is none of the names"),
        ([KIA + ", shared: [Kia]}"], "no other entry has the shared name 'Kia'"),
        ([KIA + ", sectors: [cars]}"], "unknown sector 'cars'"),
        ([KIA + ", colour: red}"], "a.yaml:1: colour: Extra inputs are not permitted"),
        (["- {id: Kia, name: Kia, type: COMPANY, country: KR}"], "a.yaml:1: id: String should match pattern"),
        (["id: kia"], "must be a list of entries"),
        (["- {id: "], "is not valid YAML"),
    ],
)
def test_a_broken_entry_is_named_by_file_line_and_remedy(tmp_path, entries, message):
    with pytest.raises(CatalogueError, match=message):
        load_catalogue(written(tmp_path, *entries), load_taxonomy())
