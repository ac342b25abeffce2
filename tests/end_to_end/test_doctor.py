"""`newsdesk doctor`: what is there, what is missing, and what to do; nothing is made by looking."""

import json

import pytest

from models.machine import inspect_processor
from tests.end_to_end.in_process import newsdesk


@pytest.fixture(scope="module")
def store(small_store, tmp_path_factory):
    with small_store.copy(tmp_path_factory.mktemp("doctor")) as store:
        yield store


def checks(done):
    return {check["name"]: check for check in json.loads(done.out)["checks"]}


def test_with_a_champion_everything_needed_is_there(store):
    done = store.run("doctor --json")
    assert done.code == 0, done.out
    found = checks(done)
    assert found["champion"]["facts"]["recipe"] == "bank"
    assert len(found["champion"]["facts"]["labels_digest"]) == 12
    assert found["models"]["facts"]["versions"][0]["aliases"] == ["bank", "champion"]
    assert found["home"]["found"].startswith(str(store.folder / "home"))
    assert found["packages"]["facts"]["torch"]


def test_the_inference_path_is_the_one_that_loading_takes(store):
    from models.transformer import best_device, best_precision

    facts = checks(store.run("doctor --json"))["inference"]["facts"]
    assert facts == {"device": str(best_device()), "precision": str(best_precision(best_device()))[len("torch.") :]}


def test_the_page_for_people_ends_with_the_verdict(store):
    page = store.run("doctor").out
    for group in ("Environment", "Machine", "Pretrained encoders", "Store", "Extras"):
        assert f"\n{group} " in f"\n{page}"
    assert page.strip().endswith("Everything that filing issues needs is there.")


def test_without_a_champion_it_says_how_to_get_one_and_exits_1(tmp_path):
    done = newsdesk("doctor --json", NEWSDESK_HOME=str(tmp_path / "new"))
    assert (done.code, json.loads(done.out)["missing"]) == (1, ["champion"])
    assert "make demo" in checks(done)["champion"]["remedy"]
    assert not (tmp_path / "new").exists()


def test_a_store_out_of_reach_is_missing_with_the_remedy(tmp_path):
    done = newsdesk("doctor --json", NEWSDESK_HOME=str(tmp_path), MLFLOW_TRACKING_URI="http://127.0.0.1:9")
    assert done.code == 1
    assert "does not answer" in checks(done)["tracking"]["found"]
    assert "MLFLOW_TRACKING_URI" in checks(done)["tracking"]["remedy"]


def test_a_home_that_is_a_file_and_a_damaged_database_are_missing(tmp_path):
    (tmp_path / "file").write_text("")
    assert checks(newsdesk("doctor --json", NEWSDESK_HOME=str(tmp_path / "file")))["home"]["state"] == "missing"
    (tmp_path / "mlflow.db").write_text("not a database")
    found = checks(newsdesk("doctor --json", NEWSDESK_HOME=str(tmp_path)))
    assert "is no SQLite database" in found["tracking"]["found"]


def test_another_database_is_looked_at_and_not_made(tmp_path):
    newsdesk("doctor", NEWSDESK_HOME=str(tmp_path), MLFLOW_TRACKING_URI=f"sqlite:///{tmp_path}/other.db")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("flags", "units"),
    [
        ("flags : fpu avx2 avx512f avx512_bf16 avx512_vnni", {"AVX2", "AVX-512", "bf16", "int8"}),
        ("flags : fpu avx2 avx_vnni", {"AVX2", "int8"}),
        ("Features : fp asimd bf16 i8mm", {"bf16", "int8"}),
        ("flags : avx2 avx512f amx_tile amx_bf16 amx_int8", {"AVX2", "AVX-512", "bf16", "int8", "AMX"}),
    ],
)
def test_units_are_read_from_what_the_processor_says_of_itself(tmp_path, flags, units):
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nmodel name : A Processor\n{flags}\n")
    processor = inspect_processor(tmp_path / "cpuinfo")
    assert processor.name == "A Processor"
    assert {unit for unit, there in processor.units.items() if there} == units
    assert inspect_processor(tmp_path / "none").units == {}
