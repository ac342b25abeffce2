"""Tuning: what may be varied, studies that go on after a stop, pruning, and the recipe that comes out."""

import os

import pytest

from models.registry import connect
from tests.end_to_end.bank_customers import write_csv
from training.config import CONFIGS_FOLDER, ConfigError, load_recipe
from training.source import load_source
from training.study import StudyError, next_trial, open_study, own_values, study_name
from training.tuned_recipe import tuned_recipe_path, write_tuned_recipe
from training.tuning import Tuning, TuningError, tune

SEARCH = "search:\n  regularisation: {low: 1.0, high: 100.0, log: true}\n  word_ngrams: [[1, 1], [1, 2]]\n"


@pytest.fixture(scope="module")
def write_recipe(home, tmp_path_factory):
    """Write a recipe of the bank customers' labels, by its text below the name, and load it."""
    folder = tmp_path_factory.mktemp("tuning")
    write_csv(folder)

    def write(name, text):
        path = folder / f"{name}.yaml"
        path.write_text(f"name: {name}\nregister_as: tuning\nlabels:\n  sentences: intents\n{text}")
        return load_recipe(path)

    return write


@pytest.fixture(scope="module")
def whole(write_recipe, tmp_path_factory):
    """A recipe of a baseline, and its study of four trials without a stop."""
    recipe = write_recipe("bank", "model: baseline\n" + SEARCH)
    return recipe, tune(recipe, 4, tmp_path_factory.mktemp("whole") / "tuning.db")


def tags_of_children(tuning):
    client = connect()
    experiment = client.get_experiment_by_name("tuning").experiment_id
    runs = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{tuning.run_id}'")
    return {int(run.data.tags["trial"]): run for run in runs}


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ("  rate: [1, 2]", r"search\.rate: is no key of this model; known keys are word_ngrams"),
        ("  epochs: [1, 2]", r"search\.epochs: is no key of this model"),
        ("  regularisation: {low: 9, high: 1}", r"search\.regularisation: .*low must be less than high"),
        ("  regularisation: {low: 1}", r"search\.regularisation: .*needs `low` and `high`"),
        ("  regularisation: {low: 0, high: 1, log: true}", r"low must be greater than 0 where log is true"),
        ("  regularisation: {low: -1, high: 1}", r"search\.regularisation: .*greater than 0 \(was -1"),
        ("  regularisation: {low: 1, height: 2}", r"search\.regularisation\.height: .*known keys are low, high, log"),
        ("  regularisation: 5", r"search\.regularisation: .*must be a range .* or a list of choices"),
        ("  regularisation: [5]", r"search\.regularisation: .*at least two choices"),
        ("  least_documents: {low: 1.5, high: 3}", r"search\.least_documents: low and high must be whole numbers"),
        ("  word_ngrams: {low: 1, high: 3}", r"search\.word_ngrams: has no order to range over"),
        ("  word_ngrams: [[1, 2], 3]", r"search\.word_ngrams: .*\(was 3\)"),
    ],
)
def test_a_search_that_does_not_fit_is_refused_with_its_key(tmp_path, search, message):
    path = tmp_path / "mine.yaml"
    path.write_text(f"name: mine\nmodel: baseline\nsearch:\n{search}\n")
    with pytest.raises(ConfigError, match=message) as caught:
        load_recipe(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("path", sorted(CONFIGS_FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_search_of_every_recipe_fits_its_model_and_holds_the_recipe_itself(path):
    recipe = load_recipe(path)
    assert own_values(recipe)
    assert recipe.with_values(own_values(recipe)) == recipe
    assert not any(key.startswith("search") for key in recipe.parameters())


def test_the_first_trial_is_the_recipe_itself_and_each_is_a_child_run_with_its_parameters(whole):
    recipe, tuning = whole
    assert [trial.state for trial in tuning.trials] == ["complete"] * 4
    assert tuning.untuned == tuning.trials[0]
    assert tuning.trials[0].values == {"regularisation": 10.0, "word_ngrams": [1, 2]}
    children = tags_of_children(tuning)
    for trial in tuning.trials:
        run = children[trial.number]
        assert run.info.run_id == trial.run_id
        assert run.data.tags["state"] == "complete"
        assert float(run.data.params["baseline.regularisation"]) == trial.values["regularisation"]
        assert run.data.metrics["tuning/score"] == pytest.approx(trial.score)
        assert "recipe" not in run.data.tags
    parent = connect().get_run(tuning.run_id)
    assert parent.data.tags["recipes"] == recipe.name
    assert parent.data.metrics["tuning/best_score"] == pytest.approx(tuning.best.score)
    artifacts = {file.path for file in connect().list_artifacts(tuning.run_id)}
    assert {"trials.json", "history.png", "search.yaml", "best_recipe.yaml"} <= artifacts
    assert not connect().search_registered_models("name = 'tuning'")


def test_an_interrupted_study_goes_on_the_way_of_one_that_was_not(whole, tmp_path):
    recipe, tuning = whole

    def interrupt(done, total, note):
        if note.startswith("trial 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(recipe, 4, tmp_path / "cut.db", on_progress=interrupt)
    begun = []
    resumed = tune(recipe, 4, tmp_path / "cut.db", on_begin=lambda standing, stale: begun.append(standing))
    assert begun[0].done == 2
    assert [trial.state for trial in resumed.trials] == ["complete", "complete", "interrupted", "complete", "complete"]
    finished = [trial.values for trial in resumed.trials if trial.state == "complete"]
    assert finished == [trial.values for trial in tuning.trials]
    assert begun[0].run_id == resumed.run_id
    children = tags_of_children(resumed)
    assert (children[2].info.status, children[2].data.tags["state"]) == ("KILLED", "interrupted")
    assert connect().get_run(resumed.run_id).info.status == "FINISHED"


def test_a_trial_that_a_killed_process_left_is_run_again(whole, tmp_path):
    recipe, tuning = whole
    study = open_study(tmp_path / "tuning.db", study_name(recipe, load_source(recipe.labels)))
    next_trial(study, recipe)
    told = []
    resumed = tune(recipe, 1, tmp_path / "tuning.db", on_begin=lambda standing, stale: told.extend(stale))
    assert [trial.number for trial in told] == [0]
    assert [trial.state for trial in resumed.trials] == ["interrupted", "complete"]
    assert resumed.trials[1].values == tuning.trials[0].values


def test_a_finished_study_is_shown_again_and_goes_on_with_more_trials(write_recipe, tmp_path):
    recipe = write_recipe("more", "model: baseline\n" + SEARCH)
    first = tune(recipe, 1, tmp_path / "tuning.db")
    assert tune(recipe, 1, tmp_path / "tuning.db").trials == first.trials
    more = tune(recipe, 8, tmp_path / "tuning.db")
    assert (more.done, more.run_id) == (8, first.run_id)
    # Eight trials may score alike on labels as few as these.
    assert set(more.importances) in ({"regularisation", "word_ngrams"}, set())


def test_no_trial_is_begun_after_the_time_that_was_given(whole, tmp_path):
    assert tune(whole[0], 4, tmp_path / "tuning.db", hours=0).trials == []


def test_another_search_space_or_seed_is_another_study(whole):
    recipe, _ = whole
    source = load_source(recipe.labels)
    others = [recipe.model_copy(update=change) for change in ({"seed": 2}, {"search": {}})]
    names = {study_name(one, source) for one in (recipe, *others)}
    assert len(names) == 3


def test_a_trial_worse_than_the_median_is_pruned_after_two_epochs(write_recipe, tiny_backbone, tmp_path):
    from optuna.distributions import FloatDistribution
    from optuna.trial import create_trial

    recipe = write_recipe(
        "tiny",
        f"model: transformer\ntransformer:\n  backbone: {tiny_backbone}\n  epochs: 3\n  batch_size: 4\n"
        "search:\n  dropout: {low: 0.0, high: 0.5}\n",
    )
    study = open_study(tmp_path / "tuning.db", study_name(recipe, load_source(recipe.labels)))
    for dropout in (0.1, 0.2, 0.3, 0.4):
        study.add_trial(
            create_trial(
                value=2.0,  # better than any real one
                params={"dropout": dropout},
                distributions={"dropout": FloatDistribution(0.0, 0.5)},
                intermediate_values={1: 2.0, 2: 2.0, 3: 2.0},
            )
        )
    tuning = tune(recipe, 5, tmp_path / "tuning.db")
    assert tuning.trials[-1].state == "pruned"
    run = connect().get_run(tuning.trials[-1].run_id)
    assert (run.info.status, run.data.tags["state"]) == ("FINISHED", "pruned")
    history = connect().get_metric_history(run.info.run_id, "tuning/score")
    assert [point.step for point in history] == [1, 2]
    assert history[-1].value == pytest.approx(tuning.trials[-1].score)
    assert {"loss/total", "validation/epoch/sectors/micro_f1"} <= set(run.data.metrics)


def test_values_that_no_model_can_be_fitted_with_fail_their_trial_alone(write_recipe, tmp_path):
    recipe = write_recipe(
        "rare", "model: baseline\nbaseline:\n  least_documents: 5000\nsearch:\n  least_documents: [5000, 9000]\n"
    )
    with pytest.raises(TuningError, match="all 2 trials failed"):
        tune(recipe, 2, tmp_path / "tuning.db")


def test_a_study_that_another_process_is_at_is_left_alone(tmp_path):
    import psutil

    study = open_study(tmp_path / "tuning.db", "mine")
    study.set_user_attr("process", [os.getppid(), psutil.Process(os.getppid()).create_time()])
    with pytest.raises(StudyError, match=rf"process {os.getppid()} is at this study; .*--study"):
        open_study(tmp_path / "tuning.db", "mine")
    study.set_user_attr("process", [os.getppid(), 1.0])
    open_study(tmp_path / "tuning.db", "mine")


def test_a_file_that_holds_no_studies_is_refused(tmp_path):
    (tmp_path / "notes.db").write_text("not a database " * 100)
    with pytest.raises(StudyError, match=r"notes\.db: cannot be used as a file of studies; .*--study"):
        open_study(tmp_path / "notes.db", "mine")


def test_the_best_values_become_a_recipe_from_any_folder(whole, tmp_path):
    recipe, tuning = whole
    write_tuned_recipe(tmp_path / "best.yaml", recipe, tuning)
    tuned = load_recipe(tmp_path / "best.yaml")
    assert tuned.name == "best"
    assert tuned.baseline == recipe.with_values(tuning.best.values).baseline
    assert tuned.labels.sentences.resolve() == recipe.labels.sentences.resolve()
    assert tuned.register_as == recipe.register_as
    comment = (tmp_path / "best.yaml").read_text()
    assert f"the best of 4 (4 complete).\n# Score on validation {tuning.best.score:.4f}; bank as it is" in comment
    assert tuning.study in comment


def test_only_a_recipe_that_a_study_wrote_is_replaced(whole, tmp_path):
    recipe, tuning = whole
    mine = tmp_path / "mine_tuned.yaml"
    assert tuned_recipe_path(tmp_path / "mine.yaml", None, force=False) == mine
    mine.write_text("name: mine_tuned\n")
    with pytest.raises(ConfigError, match="was not written by a study"):
        tuned_recipe_path(tmp_path / "mine.yaml", None, force=False)
    write_tuned_recipe(tuned_recipe_path(tmp_path / "mine.yaml", None, force=True), recipe, tuning)
    assert tuned_recipe_path(tmp_path / "mine.yaml", None, force=False) == mine
    with pytest.raises(ConfigError, match="names the recipe"):
        tuned_recipe_path(tmp_path / "mine.yaml", tmp_path / "My Best.yaml", force=False)
    with pytest.raises(ConfigError, match="there is no folder"):
        tuned_recipe_path(tmp_path / "mine.yaml", tmp_path / "none" / "best.yaml", force=False)


def test_without_a_complete_trial_no_recipe_is_written(whole, tmp_path):
    write_tuned_recipe(tmp_path / "best.yaml", whole[0], Tuning("study", "digest", "run", [], {}, {}))
    assert not (tmp_path / "best.yaml").exists()
