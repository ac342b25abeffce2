"""The local store's database answers what MLflow's registry would, or nothing."""

import sqlite3

import pytest

from models.local_store import stored_artifacts


@pytest.fixture
def store(tmp_path):
    """A registered model of two versions, as MLflow writes them, in a store under the test's folder."""
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    client.create_registered_model("mine")
    for number in (1, 2):
        (tmp_path / f"model {number}").mkdir()
        client.create_model_version("mine", (tmp_path / f"model {number}").as_uri())
    client.set_registered_model_alias("mine", "champion", "1")
    return client, tmp_path


def test_an_alias_and_a_version_lead_to_their_folders(store):
    client, folder = store
    database = folder / "mlflow.db"
    assert stored_artifacts(database, "mine", "champion") == folder / "model 1"
    assert stored_artifacts(database, "mine", "2") == folder / "model 2"
    client.set_registered_model_alias("mine", "champion", "2")
    assert stored_artifacts(database, "mine", "champion") == folder / "model 2"


def test_what_the_database_does_not_know_is_left_to_mlflow(store, tmp_path):
    _, folder = store
    assert stored_artifacts(folder / "mlflow.db", "mine", "nobody") is None
    assert stored_artifacts(folder / "mlflow.db", "other", "champion") is None
    assert stored_artifacts(folder / "mlflow.db", "mine", "9") is None
    assert stored_artifacts(folder / "none.db", "mine", "champion") is None
    (folder / "model 1").rmdir()
    assert stored_artifacts(folder / "mlflow.db", "mine", "champion") is None


def test_a_database_of_another_shape_is_left_to_mlflow(tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE registered_model_aliases (surprise TEXT)")
    assert stored_artifacts(tmp_path / "other.db", "mine", "champion") is None
    (tmp_path / "broken.db").write_bytes(b"no database at all, whatever the name says")
    assert stored_artifacts(tmp_path / "broken.db", "mine", "champion") is None
