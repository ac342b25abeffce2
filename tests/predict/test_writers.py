import csv
import json

import pyarrow.parquet
import pytest

from labels.sentence import Entity
from predict.filed import FiledSentence, FiledStory, SectorProbability
from predict.writers import open_writer

SECTORS = (SectorProbability("mobility", 0.91234), SectorProbability("finance", 0.6))
STORY = FiledStory(
    issue="a.txt",
    story=1,
    heading="Kia ships “vans”",
    boilerplate=False,
    sectors=SECTORS,
    sentences=(
        FiledSentence("Kia ships “vans”", SECTORS[:1], (Entity(0, 3, "COMPANY"),)),
        FiledSentence("=Kia, said Kia", (), (Entity(1, 4, "COMPANY"), Entity(11, 14, "COMPANY"))),
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


def test_jsonl_has_one_story_a_line_with_names_counted(written):
    stories = [json.loads(line) for line in written("jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(stories) == 2
    assert list(stories[0]) == ["issue", "story", "heading", "boilerplate", "sectors", "entities", "sentences"]
    assert stories[0]["sectors"] == [
        {"sector": "mobility", "probability": 0.9123},
        {"sector": "finance", "probability": 0.6},
    ]
    assert stories[0]["entities"] == [{"name": "Kia", "type": "COMPANY", "count": 3}]
    assert stories[0]["sentences"][1]["entities"][0] == {"start": 1, "end": 4, "type": "COMPANY"}


def test_parquet_holds_the_same_objects(written):
    rows = pyarrow.parquet.read_table(written("parquet")).to_pylist()
    assert rows[0] == json.loads(json.dumps(STORY.to_dict()))
    assert len(rows) == 2


def test_csv_opens_in_a_spreadsheet_without_running_anything(written):
    rows = list(csv.DictReader(written("csv").open(encoding="utf-8")))
    assert rows[0]["sectors"] == "mobility; finance"
    assert rows[0]["heading"] == "Kia ships “vans”"
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
