"""A model at work in several processes, since one of Python's keeps one core busy at most.

Work is handed out with `submit` and fetched with `result`, so that whoever asks can do something else in between.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import numpy as np

from labels.errors import UserError
from labels.sentence import Entity
from models.allocator import return_freed_memory
from models.classifier import Classifier, Prediction
from models.saved import Precision, load

_MOST_PROCESSES = 4
"""More than these are not kept busy by the one that reads and writes, and each holds the model."""


class ProcessLostError(UserError):
    """A process of the model ended before its work was done."""


class Worker(Protocol):
    """Something that classifies while others go on."""

    def submit(self, texts: Sequence[str]) -> None:
        """Begin with these texts; the result of the ones before must have been fetched."""
        ...

    def result(self) -> Prediction:
        """What the model says of the texts submitted last."""
        ...

    def close(self) -> None:
        """End; work under way is given up."""
        ...


class SameProcess:
    """A model in this process, which does its work when the result is asked for."""

    def __init__(self, model: Classifier) -> None:
        """Classify with a loaded model."""
        self._model = model
        self._texts: Sequence[str] = ()

    def submit(self, texts: Sequence[str]) -> None:
        """Keep the texts."""
        self._texts = texts

    def result(self) -> Prediction:
        """Classify the texts submitted last."""
        return self._model.classify(self._texts)

    def close(self) -> None:
        """Nothing is held."""


class SeveralProcesses:
    """The model of a folder in processes of its own, each taking a share of every call's texts."""

    def __init__(self, folder: Path, precision: Precision | None, n_processes: int) -> None:
        """Start the processes, which load the model at the same time."""
        context = get_context("spawn")
        self._connections: list[Connection] = []
        self._shares: list[Sequence[str]] = []
        threads = max(1, n_usable_cores() // n_processes)
        for _ in range(n_processes):
            # With a pipe of its own each notices when this process is killed, and ends.
            ours, theirs = context.Pipe()
            with _interrupts_held():
                context.Process(target=_serve, args=(theirs, folder, precision, threads), daemon=True).start()
            theirs.close()
            self._connections.append(ours)

    def submit(self, texts: Sequence[str]) -> None:
        """Hand out every n-th text to each of n processes."""
        n = len(self._connections)
        self._shares = [texts[at::n] for at in range(n)]
        for connection, share in zip(self._connections, self._shares, strict=True):
            try:
                connection.send(share)
            except OSError as error:
                raise _lost() from error

    def result(self) -> Prediction:
        """Wait for all processes and put their shares together."""
        n = len(self._connections)
        parts = [_received(connection) for connection in self._connections]
        sectors = np.empty((sum(map(len, self._shares)), parts[0].sectors.shape[1]), dtype=np.float32)
        entities: list[list[Entity]] = [[] for _ in sectors]
        for at, part in enumerate(parts):
            sectors[at::n] = part.sectors
            entities[at::n] = part.entities
        return Prediction(sectors, entities)

    def close(self) -> None:
        """Hang up, on which the processes end."""
        for connection in self._connections:
            connection.close()


def n_usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def several_processes(folder: Path, precision: Precision | None, n_processes: int = 0) -> Worker | None:
    """The model of a folder in so many processes, None where one is enough; 0 takes as many as the cores keep busy."""
    n_processes = n_processes or min(n_usable_cores(), _MOST_PROCESSES)
    return SeveralProcesses(folder, precision, n_processes) if n_processes > 1 else None


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C back until the block ends, and for good from a process that begins in it.

    Such a process would meet it while it imports, before it can say that it wants none.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # The first start of a process begins this one, too, which takes every hold off.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, folder: Path, precision: Precision | None, threads: int) -> None:
    # Ctrl-C reaches every process of a terminal; the one that asked for the work ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_NUM_THREADS"] = str(threads)
    model = load(folder, precision)
    try:
        while True:
            connection.send(model.classify(connection.recv()))
            # A network's arrays of every size leave the heap in pieces that pile up.
            return_freed_memory()
    except (EOFError, OSError):
        return


def _received(connection: Connection) -> Prediction:
    try:
        prediction: Prediction = connection.recv()
    except (EOFError, OSError) as error:
        raise _lost() from error
    return prediction


def _lost() -> ProcessLostError:
    return ProcessLostError(
        "a process of the model ended before its work was done, perhaps for want of memory; "
        "what is written stays, and --resume goes on from there"
    )
