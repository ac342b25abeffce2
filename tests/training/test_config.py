import pytest

from training.config import CONFIGS_FOLDER, ConfigError, load_recipe


@pytest.mark.parametrize("path", sorted(CONFIGS_FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_of_the_project_is_valid_and_named_like_its_file(path):
    assert load_recipe(path).name == path.stem


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "name: a\nmodel: transformer\ntransformer:\n  epochs: 0\n",
            r"transformer\.epochs: .*greater than 0 \(was 0\)",
        ),
        ("name: a\nmodel: transformer\ntransformer:\n  epoch: 3\n", r"transformer\.epoch: .*known keys are backbone"),
        ("name: a\nmodel: forest\n", r"model: .*\(was 'forest'\)"),
        ("model: baseline\n", "name: Field required"),
        ("name: A b\nmodel: baseline\n", "name: "),
        ("name: a\nmodel: baseline\ntransformer:\n  epochs: 3\n", "transformer: has no effect with `model: baseline`"),
        ("- a\n", "must hold keys and values"),
        ("a: [\n", "is not valid YAML"),
    ],
)
def test_a_bad_recipe_is_refused_with_the_key(tmp_path, content, message):
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=message) as caught:
        load_recipe(path)
    assert str(caught.value).startswith(str(path))


def test_a_missing_recipe_lists_those_that_are_there(tmp_path):
    with pytest.raises(ConfigError, match=r"baseline\.yaml"):
        load_recipe(tmp_path / "none.yaml")


def test_paths_of_labels_count_from_the_recipes_folder(tmp_path):
    (tmp_path / "mine.yaml").write_text("name: a\nmodel: baseline\nlabels:\n  sentences: data\n")
    assert load_recipe(tmp_path / "mine.yaml").labels.sentences == tmp_path / "data"


def test_parameters_are_flat_and_leave_the_other_model_out():
    parameters = load_recipe(CONFIGS_FOLDER / "baseline.yaml").parameters()
    assert "baseline.regularisation" in parameters
    assert not any(key.startswith("transformer") for key in parameters)


def test_columns_need_a_file_that_has_them(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text("name: r\nmodel: baseline\nlabels: {label_column: category}\n")
    with pytest.raises(ConfigError, match="labels: .*name it with `sentences`"):
        load_recipe(path)
    path.write_text("name: r\nmodel: baseline\nlabels: {sentences: a.csv, label_column: category}\n")
    labels = load_recipe(path).labels
    assert (labels.sentences, labels.columns.text, labels.columns.label) == (tmp_path / "a.csv", "text", "category")
