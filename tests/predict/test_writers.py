import csv
import json

import pyarrow.parquet
import pytest

from labels.catalogue import CatalogueEntry
from predict.filed import FiledEntity, FiledSentence, FiledStory, SectorProbability
from predict.writers import open_writer

SECTORS = (SectorProbability("mobility", 0.91234), SectorProbability("finance", 0.6))
KIA = CatalogueEntry(id="kia", name="Kia", type="COMPANY", aliases=["Kia Motors"], country="KR", sectors=["mobility"])
STORY = FiledStory(
    issue="a.txt",
    story=1,
    heading="Kia ships “vans”",
    boilerplate=False,
    sectors=SECTORS,
    sentences=(
        FiledSentence("Kia ships “vans”", SECTORS[:1], (FiledEntity(0, 3, "COMPANY", KIA),)),
        FiledSentence("=Kia Motors, said Ada", (), (FiledEntity(1, 11, "COMPANY", KIA), FiledEntity(18, 21, "PERSON"))),
    ),
)


@pytest.fixture
def written(tmp_path):
    def write(output_format):
        path = tmp_path / "deep" / f"stories.{output_format}"
        writer = open_writer(path, output_format)
        writer.write([STORY])
        writer.write([STORY])
        writer.close()
        return path

    return write


def test_jsonl_has_one_story_a_line_with_names_counted_by_who_is_meant(written):
    stories = [json.loads(line) for line in written("jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(stories) == 2
    assert list(stories[0]) == ["issue", "story", "heading", "boilerplate", "sectors", "entities", "sentences"]
    assert stories[0]["sectors"] == [
        {"sector": "mobility", "probability": 0.9123},
        {"sector": "finance", "probability": 0.6},
    ]
    assert stories[0]["entities"] == [
        {"name": "Kia", "type": "COMPANY", "count": 2, "id": "kia"},
        {"name": "Ada", "type": "PERSON", "count": 1, "id": None},
    ]
    assert stories[0]["sentences"][1]["entities"] == [
        {"start": 1, "end": 11, "type": "COMPANY", "id": "kia"},
        {"start": 18, "end": 21, "type": "PERSON", "id": None},
    ]


def test_parquet_holds_the_same_objects(written):
    rows = pyarrow.parquet.read_table(written("parquet")).to_pylist()
    assert rows[0] == json.loads(json.dumps(STORY.to_dict()))
    assert len(rows) == 2


def test_csv_opens_in_a_spreadsheet_without_running_anything(written):
    rows = list(csv.DictReader(written("csv").open(encoding="utf-8")))
    assert rows[0]["sectors"] == "mobility; finance"
    assert rows[0]["heading"] == "Kia ships “vans”"
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
