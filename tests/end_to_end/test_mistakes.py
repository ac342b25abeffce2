"""What a user can do wrong: every way ends in one line that names the thing, and never in a traceback."""

import json
import shutil
import socket

import pytest

from tests.end_to_end.servers import free_port

KIA = "Kia opens a plant\nKia opened a car plant in Slovakia and hired ninety people.\n"
# What stands in the files of the table below, by name.
FILES = {
    "letter.txt": KIA,
    "empty.txt": "",
    "binary.txt": b"\x00\x01\xff\xfe" * 40,
    "binary.dat": b"\x00\x01\xff\xfe" * 40,
    "broken.jsonl": '{"text": "Kia opened a plant."}\n{nope\n',
    "wrong_key.jsonl": '{"headline": "Kia opened a plant."}\n',
    "wrong_type.jsonl": '{"text": 7}\n',
    "broken.csv": 'text,label\n"never closed\n',
    "wrong_column.csv": "headline,label\nKia,card\n",
    "broken.parquet": b"PAR1 and no more",
    "not_utf8.jsonl": b'{"text": "\xff\xfe"}\n',
    "blocked": "a file where a folder is wanted",
    "no_sentence.jsonl": "\n",
    "unknown_sector.jsonl": '{"text": "Kia hires.", "sectors": ["fashion"]}\n',
    "empty.yaml": "",
    "broken.yaml": "name: [",
    "binary.yaml": b"\x00\xff\xfe",
    "list.yaml": "- name",
    "unknown_key.yaml": "name: x\nmodel: baseline\nspeed: 3\n",
    "wrong_model.yaml": "name: x\nmodel: [baseline]\n",
    "wrong_type.yaml": "name: x\nmodel: baseline\nseed: many\n",
    "no_labels.yaml": "name: x\nmodel: baseline\nlabels:\n  sentences: gone\n",
    "no_sentences.yaml": "name: x\nmodel: baseline\nlabels:\n  sentences: no_sentence.jsonl\n",
    "few.yaml": "name: x\nmodel: baseline\nlabels:\n  sentences: few.jsonl\n",
    "few.jsonl": '{"text": "Kia hires.", "sectors": ["cars"]}\n',
    "no_backbone.yaml": "name: x\nmodel: transformer\nlabels: {sentences: intents}\ntransformer: {backbone: ./gone}\n",
    "transformer.yaml": "name: x\nmodel: transformer\nlabels:\n  sentences: intents\n",
    "twice.yaml": "sectors:\n- key: cars\n- key: cars\n",
    "number.yaml": "sectors: 5\n",
    "one_sector.yaml": "name: x\nmodel: baseline\nlabels:\n  sentences: one_sector.csv\n",
    "one_sector.csv": "text,label\n" + "".join(f"sentence {n} about thing {n * 7},cars\n" for n in range(60)),
    "no_tasks.json": '[{"data": {"text": "a"}, "annotations": [{"result": 7}]}]',
    "marked.txt": "## mobility\nmobility | news | [Kia](COMPANY) hires.\n",
    "unmarked.txt": "mobility | news\n",
}
WRONG_CALL, MENDABLE = 2, 1

# command line | what standard error (of an audit, the page) names | exit code
MISTAKES = [
    # Calls that cannot be meant.
    ("nosuch", "No such command", WRONG_CALL),
    ("predict --nosuch letter.txt", "No such option", WRONG_CALL),
    ("predict", "name files or folders", WRONG_CALL),
    ("predict letter.txt --text both", "name files or folders", WRONG_CALL),
    ("predict letter.txt --precision int3", "'int3' is not one of", WRONG_CALL),
    ("predict letter.txt --format xml", "'xml' is not one of", WRONG_CALL),
    ("predict letter.txt --format parquet", "name a folder with --out", WRONG_CALL),
    ("predict letter.txt --format csv --json", "both want standard output", WRONG_CALL),
    ("predict letter.txt --resume", "name its folder with --out", WRONG_CALL),
    ("train", "Missing argument", WRONG_CALL),
    ("ui --port 99999", "--port", WRONG_CALL),
    ("labels suspects --folds 1", "--folds", WRONG_CALL),
    ("labels --json add letter.txt", "put them after add", WRONG_CALL),
    ("labels to-label-studio", "name a file", WRONG_CALL),
    ("convert marked.txt", "--prefix", WRONG_CALL),
    # Issues that cannot be read.
    ("predict gone.txt --model model", "gone.txt: no such file", MENDABLE),
    ("predict folder --model model", "folder: no files in this folder", MENDABLE),
    ("predict dangling.txt --model model", "dangling.txt: no such file", MENDABLE),
    ("predict empty.txt --model model", "empty.txt: empty", MENDABLE),
    ("predict binary.txt --model model", "binary.txt: binary content", MENDABLE),
    ("predict binary.dat --model model", "binary.dat: unknown extension", MENDABLE),
    ("predict broken.jsonl --model model", "broken.jsonl: line 2: not JSON", MENDABLE),
    ("predict wrong_key.jsonl --model model", 'wrong_key.jsonl: line 1: no column "text"', MENDABLE),
    ("predict wrong_type.jsonl --model model", 'line 1: column "text" holds no text', MENDABLE),
    ("predict broken.csv --model model", "broken.csv: line 2: not CSV", MENDABLE),
    ("predict wrong_column.csv --model model", 'wrong_column.csv: no column "text"', MENDABLE),
    ("predict broken.parquet --model model", "broken.parquet: not Parquet", MENDABLE),
    ("predict letter.txt --model model --input-format parquet", "letter.txt: not Parquet", MENDABLE),
    ("predict - --model model", "stdin: ", MENDABLE),
    ("predict - --model model --input-format parquet", "stdin: Parquet cannot be read from a pipe", MENDABLE),
    ("predict --text ' ' --model model", "--text: is empty", MENDABLE),
    ("predict --text '\udcff' --model model", "--text: is not in the terminal's encoding", MENDABLE),
    ("labels unknown gone --model model", "gone: no such file", MENDABLE),
    ("review gone --model model --second model --no-browser", "gone: no such file", MENDABLE),
    # Places that cannot be written to.
    ("predict letter.txt --model model --out blocked", "blocked/stories.jsonl: cannot be written", MENDABLE),
    ("predict letter.txt --model model --out blocked/deep --html", "cannot be written", MENDABLE),
    ("predict broken.jsonl --model model --out blocked", "cannot be written", MENDABLE),
    ("review letter.txt --model model --second model --no-browser --out folder", "folder: cannot be read", MENDABLE),
    ("review letter.txt --model model --second model --no-browser --out blocked/x", "cannot be written", MENDABLE),
    ("labels add few.jsonl --taxonomy cars.yaml --to blocked/x.jsonl", "cannot be written", MENDABLE),
    ("labels to-label-studio few.jsonl --taxonomy cars.yaml --out folder", "cannot be written", MENDABLE),
    ("labels suspects --config bank.yaml --folds 2 --out folder", "folder: cannot be written", MENDABLE),
    ("convert marked.txt --prefix a --stories folder", "folder: cannot be written", MENDABLE),
    # Models that are not there or are damaged.
    ("predict letter.txt --model nosuch", "no model newsdesk@nosuch", MENDABLE),
    ("predict letter.txt --model 99", "no model newsdesk@99", MENDABLE),
    ("predict letter.txt --model nosuch@champion", "no champion of 'nosuch'", MENDABLE),
    ("predict letter.txt --model a@b@c", "no model a@b@c", MENDABLE),
    ("predict letter.txt --model ''", "no model newsdesk@", MENDABLE),
    ("predict letter.txt --model ./folder", "holds no model.json", MENDABLE),
    ("predict letter.txt --model older", "has format 1", MENDABLE),
    ("predict letter.txt --model unreadable", "unreadable/model.json: is damaged", MENDABLE),
    ("predict letter.txt --model keyless", "keyless: is damaged", MENDABLE),
    ("predict letter.txt --model truncated", "truncated: is damaged", MENDABLE),
    ("predict letter.txt --model weightless", "weightless: is damaged", MENDABLE),
    ("evaluate --model nosuch", "no model newsdesk@nosuch", MENDABLE),
    ("compare --model nosuch", "no finished run of 'nosuch'", MENDABLE),
    ("promote --config bank.yaml --version 99", "no model newsdesk@99", MENDABLE),
    ("champion --config other.yaml", "no champion of 'other'", MENDABLE),
    # Recipes and labels.
    ("train gone.yaml", "gone.yaml: cannot be read", MENDABLE),
    ("train folder", "folder: cannot be read", MENDABLE),
    ("train empty.yaml", "must hold keys and values", MENDABLE),
    ("train list.yaml", "must hold keys and values", MENDABLE),
    ("train broken.yaml", "broken.yaml: is not valid YAML", MENDABLE),
    ("train binary.yaml", "binary.yaml: is not valid YAML", MENDABLE),
    ("train unknown_key.yaml", "unknown_key.yaml: speed", MENDABLE),
    ("train wrong_model.yaml", "wrong_model.yaml: model", MENDABLE),
    ("train wrong_type.yaml", "wrong_type.yaml: seed", MENDABLE),
    ("train no_labels.yaml", "gone: no such file or folder", MENDABLE),
    ("train no_sentences.yaml", "no_sentence.jsonl: holds no sentence", MENDABLE),
    ("train few.yaml", "few.jsonl: all 1 sentences have the label 'cars'", MENDABLE),
    ("train no_backbone.yaml", "backbone './gone'", MENDABLE),
    ("train transformer.yaml --resume", "no checkpoint to resume from", MENDABLE),
    ("train bank.yaml --data gone.jsonl", "gone.jsonl: no such file", MENDABLE),
    ("evaluate --model model --data unknown_sector.jsonl", "unknown_sector.jsonl:1: unknown sector", MENDABLE),
    ("evaluate --model model --data not_utf8.jsonl", "not_utf8.jsonl:1: is not UTF-8", MENDABLE),
    ("evaluate --model model --data folder", "folder: no such file", MENDABLE),
    ("labels --taxonomy twice.yaml", "'cars' stands more than once", MENDABLE),
    ("labels --taxonomy number.yaml", "sectors: must be a list", MENDABLE),
    ("labels --taxonomy gone.yaml", "gone.yaml: cannot be read", MENDABLE),
    ("labels --sentences gone", "gone: no such file", MENDABLE),
    ("labels --sentences no_sentence.jsonl", "holds no sentence", MENDABLE),
    ("labels --sentences broken.jsonl", "broken.jsonl:2: is not JSON", MENDABLE),
    ("labels --sentences unknown_sector.jsonl", "unknown_sector.jsonl:1: unknown sector", MENDABLE),
    ("labels add gone.jsonl", "gone.jsonl: cannot be read", MENDABLE),
    ("labels add binary.dat", "is not UTF-8", MENDABLE),
    ("labels to-label-studio gone.jsonl", "gone.jsonl: no such file", MENDABLE),
    ("labels from-label-studio gone.json", "gone.json: cannot be read", MENDABLE),
    ("labels from-label-studio binary.dat", "is not JSON", MENDABLE),
    ("labels from-label-studio no_tasks.json", "must be a list", MENDABLE),
    ("labels suspects --config gone.yaml", "gone.yaml: cannot be read", MENDABLE),
    ("labels suspects --config one_sector.yaml", "all 60 sentences have the label 'cars'", MENDABLE),
    ("convert gone --prefix a", "gone: cannot be read (No such file", MENDABLE),
    ("convert binary.dat --prefix a", "binary.dat: is not UTF-8", MENDABLE),
    ("convert unmarked.txt --prefix a", "unmarked.txt:", MENDABLE),
    ("convert marked.txt --prefix a", "with --stories", MENDABLE),
]


@pytest.fixture(scope="module")
def store(small_store, tmp_path_factory):
    """A small store in a folder that is full of things gone wrong."""
    folder = tmp_path_factory.mktemp("mistakes")
    for name, content in FILES.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "cars.yaml").write_text("sectors:\n- key: cars\n")
    (folder / "other.yaml").write_text("name: other\nmodel: baseline\nregister_as: other\n")
    (folder / "folder").mkdir()
    (folder / "dangling.txt").symlink_to("nowhere")
    with small_store.copy(folder) as store:
        for name in ("model", "older", "unreadable", "keyless", "truncated", "weightless"):
            shutil.copytree(store.model, folder / name)
        description = json.loads((folder / "model" / "model.json").read_text())
        (folder / "older" / "model.json").write_text(json.dumps(description | {"format": 1}))
        (folder / "unreadable" / "model.json").write_text("{")
        (folder / "keyless" / "model.json").write_text(json.dumps({"format": description["format"]}))
        weights = next((folder / "truncated").rglob("*.safetensors"))
        weights.write_bytes(weights.read_bytes()[:999])
        next((folder / "weightless").rglob("*.safetensors")).unlink()
        yield store


def plain(done):
    """Everything that a user reads, in one line, without the frames that a terminal draws."""
    return " ".join((done.err + done.out).replace("│", " ").split())


@pytest.mark.parametrize(("line", "said", "code"), MISTAKES, ids=[line for line, _, _ in MISTAKES])
def test_a_mistake_is_named_in_a_line(store, line, said, code):
    done = store.run(line, stdin=b"\xff\xfe\x00\xd8")
    assert (done.code, "Traceback" in plain(done)) == (code, False), plain(done)
    assert said in plain(done)
    if code == MENDABLE and not line.startswith("labels --sentences"):
        assert [text for text in done.err.splitlines() if text.startswith("newsdesk: ")]


STORES = {
    "a file": (lambda home: home.write_text("x"), "cannot hold runs and models (File exists); let NEWSDESK_HOME"),
    "below a file": (lambda home: home.parent.write_text("x"), "(Not a directory); let NEWSDESK_HOME"),
    "with a text for its database": (lambda home: database(home, b"not a database"), "is no SQLite database"),
    "with half a database": (lambda home: database(home, b"SQLite format 3\x00" + b"\x01" * 900), "cannot be used"),
}


def database(home, content):
    home.mkdir()
    (home / "mlflow.db").write_bytes(content)


@pytest.mark.parametrize("wrong", STORES)
@pytest.mark.parametrize("line", ["predict letter.txt", "train bank.yaml", "compare", "champion"])
def test_a_store_that_cannot_be_used_is_named(store, tmp_path, wrong, line):
    make, said = STORES[wrong]
    home = tmp_path / ("x/home" if wrong == "below a file" else "home")
    make(home)
    done = store.run(line, NEWSDESK_HOME=str(home))
    assert (done.code, "Traceback" in done.err) == (1, False), done.err
    assert said in done.err
    assert str(tmp_path) in done.err


@pytest.mark.parametrize("line", ["predict letter.txt", "train bank.yaml", "compare", "champion", "ui"])
def test_a_server_that_does_not_answer_is_named_at_once(store, line):
    address = f"http://127.0.0.1:{free_port()}"
    done = store.run(line, MLFLOW_TRACKING_URI=address)
    assert done.code == 1
    assert f"{address}: the tracking server does not answer (Connection refused)" in done.err


def test_an_address_of_no_known_kind_is_named(store):
    done = store.run("champion", MLFLOW_TRACKING_URI="htp://mlflow.example")
    assert done.code == 1
    assert "htp://mlflow.example: the store cannot be used" in done.err


def test_a_busy_port_is_named_with_the_remedy(store):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = store.run(f"ui --port {port}")
    assert (done.code, f"port {port} is busy; choose another" in done.err) == (1, True), done.err


def test_a_name_in_another_encoding_does_not_end_a_run(store):
    for name in (b"n\xff.jsonl", b"n\xff.txt"):
        with open(bytes(store.folder) + b"/" + name, "w") as file:
            file.write('{"text": "My card is lost"}\n' if name.endswith(b"jsonl") else KIA)
        for options in ("--json", "--out named --html", "--out rows"):
            shutil.rmtree(store.folder / "rows", ignore_errors=True)
            done = store.run(f"predict {name.decode(errors='surrogateescape')} --model model {options}")
            assert done.code in (0, 1), done.err
            assert "Traceback" not in done.err
