"""A registered model behind MLflow's scoring server, asked over HTTP."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.end_to_end.bank_customers import WANTS
from tests.end_to_end.servers import free_port, serving

CARD = "My debit card is gone"
MLFLOW = [sys.executable, "-m", "mlflow", "models"]


@pytest.fixture(scope="module")
def store(newsdesk, tmp_path_factory):
    """Folder of a store whose champion knows bank customers' wants, and products by name."""
    folder = tmp_path_factory.mktemp("served")
    sentences = [
        {
            "text": text.strip(),
            "sectors": [] if want == "none" else [want],
            "entities": [
                {"start": found.start(), "end": found.end(), "type": "PRODUCT"}
                for found in re.finditer(r"\b(card|mortgage)\b", text.strip())
            ],
        }
        for want, texts in WANTS.items()
        for text in texts.strip().splitlines()
    ]
    (folder / "wants.jsonl").write_text("".join(json.dumps(sentence) + "\n" for sentence in sentences))
    # A version gets its recipe's name as an alias, so that this one is the champion without a promotion.
    recipe = folder / "champion.yaml"
    recipe.write_text("name: champion\nmodel: baseline\nlabels:\n  sentences: wants.jsonl\n")
    trained = newsdesk("train", recipe, store=folder)
    assert trained.code == 0, trained.err
    return folder


@pytest.fixture(scope="module")
def elsewhere(store, environment_of, tmp_path_factory):
    """Environment of a process that knows the store and cannot import newsdesk, installed or not."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for package in ("labels", "models", "training", "predict"):
        (folder / f"{package}.py").write_text(f"raise ImportError('{package} is not here')\n")
    environment = environment_of(store, f"sqlite:///{store}/mlflow.db")
    path = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    return environment | {"PYTHONPATH": str(folder), "PATH": path}


@pytest.fixture(scope="module")
def server(elsewhere, tmp_path_factory):
    """Address of the champion, served by MLflow's own command."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    command = [*MLFLOW, "serve", "-m", "models:/newsdesk@champion", "--env-manager", "local", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with serving(command, f"{address}/ping", elsewhere, folder / "server.log", cwd=folder):
        yield address


@pytest.fixture(scope="module")
def ask(server):
    """Post a body and get status and text of the answer."""

    def post(body, content_type="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"{server}/invocations", data, {"Content-Type": content_type})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    return post


@pytest.fixture(scope="module")
def predictions(ask):
    """Rows of a successful answer."""

    def rows(body, content_type="application/json"):
        status, text = ask(body, content_type)
        assert status == 200, text
        return json.loads(text)["predictions"]

    return rows


def records(*texts):
    return {"dataframe_records": [{"text": text} for text in texts]}


def test_one_text_is_answered_with_sectors_probabilities_and_entities(predictions):
    (row,) = predictions(records(CARD))
    assert [given["sector"] for given in row["sectors"]] == ["card"]
    assert set(row["probabilities"]) == {"card", "loan", "transfer"}
    assert row["probabilities"]["card"] == row["sectors"][0]["probability"] > 0.5
    assert row["entities"] == [{"start": 9, "end": 13, "type": "PRODUCT", "name": "card"}]


def test_a_thousand_texts_are_answered_in_order(predictions):
    texts = [f"Question {n}: what became of my {'card' if n % 2 else 'transfer'}?" for n in range(1000)]
    rows = predictions(records(*texts))
    assert [row["entities"] != [] for row in rows] == [bool(n % 2) for n in range(1000)]
    assert [max(row["probabilities"], key=row["probabilities"].get) for row in rows] == ["transfer", "card"] * 500


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ({"dataframe_split": {"columns": ["text"], "data": [[CARD]]}}, "application/json"),
        ({"dataframe_records": [{"text": CARD, "id": 7}]}, "application/json"),
        ({"inputs": [CARD]}, "application/json"),
        ({"inputs": {"text": [CARD]}}, "application/json"),
        ({"inputs": [{"text": CARD}]}, "application/json"),
        ({"instances": [CARD]}, "application/json"),
        (f"id,text\n7,{CARD}\n".encode(), "text/csv"),
    ],
)
def test_every_form_of_the_table_gets_the_same_answer(predictions, body, content_type):
    assert predictions(body, content_type) == predictions(records(CARD))


def test_requests_at_the_same_time_do_not_mix(predictions):
    texts = [f"Is the {'card' if n % 2 else 'mortgage'} number {n} mine?" for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: predictions(records(text)), texts))
    assert [row for rows in together for row in rows] == predictions(records(*texts))


@pytest.mark.parametrize(
    "body", [{"inputs": []}, {"instances": []}, {"dataframe_split": {"columns": ["text"], "data": []}}]
)
def test_no_texts_get_no_rows(predictions, body):
    assert predictions(body) == []


def test_a_text_without_words_has_a_row_without_sectors(predictions):
    for row in predictions(records("", " \t\n", "\u3000")):
        assert (row["sectors"], row["entities"]) == ([], [])
        assert set(row["probabilities"]) == {"card", "loan", "transfer"}


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x1b[31m My card \x7f",
        "<script>alert('card')</script>",
        "'; DROP TABLE card; --",
        "{{ card }} ${card} %s",
        "\u202ecard\u202c \ufeff🚀 card",
        "card " * 60_000,
    ],
)
def test_hostile_text_is_text_and_offsets_are_those_of_what_was_sent(predictions, text):
    (row,) = predictions(records(text))
    assert len(row["entities"]) == text.count("card")
    for entity in row["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["name"] == "card"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"dataframe_records": [{"headline": CARD}]}, "Model is missing inputs ['text']"),
        ({"dataframe_records": []}, "Model is missing inputs ['text']"),
        (records(CARD, 5), "row 1 (the first is 0): `text` is 5; send a string"),
        (records(5), "row 0 (the first is 0): `text` is 5; send a string"),
        (records(None), "row 0 (the first is 0): `text` is null; send a string"),
        (records(CARD, CARD, None), "row 2 (the first is 0): `text` is null; send a string"),
        (records([CARD]), f"row 0 (the first is 0): `text` is ['{CARD}']; send a string"),
        ({"text": CARD}, "exactly one of the input fields"),
        ([CARD], "exactly one of the input fields"),
        (b'{"dataframe_records": [', "valid JSON"),
        (b"", "valid JSON"),
        (b"\xff\xfe", "valid JSON"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong_with_it_without_a_traceback(ask, body, message):
    status, text = ask(body)
    assert status == 400
    assert message in json.loads(text)["message"]
    assert "Traceback" not in text


def test_half_a_character_is_refused_by_pandas_3_and_read_as_a_mark_with_pandas_2(ask):
    status, text = ask(records("half \ud800 a card"))
    if status == 200:
        assert json.loads(text)["predictions"][0]["entities"][0]["name"] == "card"
    else:
        assert (status, "surrogates not allowed" in text, "Traceback" in text) == (400, True, False)


def test_an_empty_cell_of_a_csv_is_named_by_its_row(ask):
    status, text = ask(f"id,text\n1,{CARD}\n2,\n".encode(), "text/csv")
    assert (status, "row 1 (the first is 0): `text` is null" in text) == (400, True)


def test_a_body_of_another_kind_is_refused(ask):
    assert ask(CARD.encode(), "text/plain")[0] == 415


def test_the_server_answers_after_all_that(predictions):
    assert len(predictions(records(CARD))) == 1


def test_a_dockerfile_is_made_with_model_requirements_and_python(elsewhere, tmp_path):
    done = subprocess.run(
        [*MLFLOW, "generate-dockerfile", "-m", "models:/newsdesk@champion", "-d", "image"],
        cwd=tmp_path,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    dockerfile = (tmp_path / "image" / "Dockerfile").read_text()
    assert "COPY model_dir" in dockerfile and "ENTRYPOINT" in dockerfile
    model = tmp_path / "image" / "model_dir"
    python = (model / "python_env.yaml").read_text()
    version = ".".join(map(str, sys.version_info[:3]))
    assert f"FROM python:{version}-slim" in dockerfile and f"python: {version}" in python
    assert "-r requirements.txt" in python
    packages = [line.partition("==")[0] for line in (model / "requirements.txt").read_text().split()]
    assert {"mlflow", "numpy", "pyahocorasick", "safetensors"} <= set(packages)
    assert not {"torch", "transformers", "newsdesk"} & set(packages)
    assert (model / "data" / "model" / "model.json").is_file()
    assert (model / "code" / "newsdesk_model" / "models" / "served.py").is_file()


def test_the_signature_is_said_in_the_registered_model(store):
    from mlflow.models import Model

    (description,) = (store / "mlartifacts").rglob("MLmodel")
    signature = Model.load(str(description.parent)).signature
    assert signature.inputs.to_dict() == [{"name": "text", "type": "string", "required": True}]
    outputs = {column["name"]: column for column in signature.outputs.to_dict()}
    assert list(outputs) == ["sectors", "probabilities", "entities"]
    assert set(outputs["sectors"]["items"]["properties"]) == {"sector", "probability"}
    assert set(outputs["probabilities"]["properties"]) == {"card", "loan", "transfer"}
    assert set(outputs["entities"]["items"]["properties"]) == {"start", "end", "type", "name"}


def test_newsdesk_serve_answers_with_nothing_else_set(store, environment_of, tmp_path):
    port = free_port()
    command = [str(Path(sys.executable).parent / "newsdesk"), "serve", "--port", str(port)]
    # As from a shell in which no environment is activated.
    environment = environment_of(store) | {"PATH": os.defpath}
    address = f"http://127.0.0.1:{port}"
    with serving(command, f"{address}/ping", environment, tmp_path / "log", cwd=tmp_path):
        with urllib.request.urlopen(f"{address}/version") as answer:
            assert answer.status == 200
        assert f"newsdesk version 1 will answer at {address}/invocations" in (tmp_path / "log").read_text()


def test_newsdesk_serve_says_what_is_in_the_way(newsdesk, store):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = newsdesk("serve", "--port", port, store=store)
    assert (busy.code, f"port {port} is busy; choose another: make serve PORT={port + 1}" in busy.err) == (1, True)
    (folder,) = (path.parent for path in (store / "mlartifacts").rglob("model.json"))
    bare = newsdesk("serve", "--model", folder, store=store)
    assert (bare.code, "is a folder; name a registered model" in bare.err) == (1, True)
    missing = newsdesk("serve", "--model", "bank", store=store)
    assert (missing.code, "no model newsdesk@bank" in missing.err) == (1, True)
    assert "Traceback" not in busy.err + bare.err + missing.err
