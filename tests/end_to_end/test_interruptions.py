"""A run that is stopped from outside: Ctrl-C, and a reader of standard output that has had enough."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Thread, Timer
from time import monotonic, sleep

import pytest

COMMAND = str(Path(sys.executable).parent / "newsdesk")
ROWS = b"My card was swallowed by the machine outside the station\n" * 2048
LONGEST_RUN = 120.0


@pytest.fixture(scope="module")
def store(small_store, tmp_path_factory):
    with small_store.copy(tmp_path_factory.mktemp("interruptions")) as store:
        yield store


@pytest.fixture(scope="module")
def start(store, environment_of):
    """Start the command as a terminal does, in a group of its own."""

    @contextmanager
    def run(*arguments):
        process = subprocess.Popen(
            [COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment_of(store.folder / "home"),
            cwd=store.folder,
            start_new_session=True,
            # A test run in the background has Ctrl-C ignored, and its children would inherit that.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        # A process that does not end would leave its reader waiting for ever.
        limit = Timer(LONGEST_RUN, process.kill)
        limit.start()
        try:
            yield process
        finally:
            limit.cancel()
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                with suppress(OSError):
                    stream.close()

    return run


@contextmanager
def endless_rows(stream):
    """Feed rows until nobody reads them any more, so that a run cannot end of its own accord."""

    def feed():
        with suppress(OSError, ValueError):
            while True:
                stream.write(ROWS)

    feeder = Thread(target=feed)
    feeder.start()
    yield
    feeder.join()


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches a group of processes on POSIX systems")
@pytest.mark.parametrize(
    "arguments", [("--format", "jsonl"), ("--out", "stopped", "--format", "jsonl")], ids=["to a pipe", "to a file"]
)
def test_ctrl_c_ends_a_filing_with_130_and_a_line(start, store, arguments):
    with (
        start("predict", "-", "--input-format", "lines", "--model", "bank", *arguments) as process,
        endless_rows(process.stdin),
    ):
        if "--out" not in arguments:
            assert process.stdout.readline().startswith(b'{"issue": "stdin"')
        else:
            wait_for(store.folder / "stopped" / "stories.jsonl")
        os.killpg(process.pid, signal.SIGINT)
        said = rest(process)
    assert (process.returncode, said.decode()) == (130, "newsdesk: interrupted\n")


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches a group of processes on POSIX systems")
def test_ctrl_c_ends_a_training_with_130_and_its_run_is_not_finished(start, store):
    with start("train", "bank.yaml") as process:
        assert b"counting n-grams" in process.stderr.readline()
        os.killpg(process.pid, signal.SIGINT)
        said = rest(process)
    assert process.returncode == 130
    assert said.decode().splitlines()[-1] == "newsdesk: interrupted"
    assert "Traceback" not in said.decode()
    with sqlite3.connect(store.folder / "home" / "mlflow.db") as database:
        states = [state for (state,) in database.execute("SELECT status FROM runs ORDER BY start_time")]
    assert states[0] == "FINISHED"
    assert states[-1] in {"FAILED", "KILLED"}


@pytest.mark.parametrize("form", [("--format", "jsonl"), ("--format", "csv"), ("--json",), ()])
def test_a_reader_that_has_had_enough_ends_a_run_without_a_word(start, form):
    with start("predict", "-", "--input-format", "lines", "--model", "bank", *form) as process:
        process.stdout.close()
        # A run may end before it has read anything, where it begins by writing a header.
        with suppress(BrokenPipeError):
            process.stdin.write(ROWS)
            process.stdin.close()
        said = process.stderr.read().decode()
        assert process.wait(timeout=60) == 0
    assert "Traceback" not in said and "Broken" not in said


def rest(process):
    """What a process that was told to end says on standard error, once it has ended."""
    reader = Thread(target=process.stdout.read)
    reader.start()
    said = process.stderr.read()
    process.wait(timeout=60)
    reader.join()
    return said


def wait_for(file):
    until = monotonic() + 60
    while not file.exists() or not file.stat().st_size:
        assert monotonic() < until, f"{file} was not written"
        sleep(0.05)
