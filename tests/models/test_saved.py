import json

import pytest

from models.saved import SavedModelError, load


def test_a_folder_without_a_model_is_named(tmp_path):
    with pytest.raises(SavedModelError, match=r"holds no model\.json"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is damaged"),
        (json.dumps({"format": 99}), "has format 99, this newsdesk reads 4"),
    ],
)
def test_a_description_that_cannot_be_read_says_why(tmp_path, content, message):
    (tmp_path / "model.json").write_text(content)
    with pytest.raises(SavedModelError, match=message):
        load(tmp_path)
