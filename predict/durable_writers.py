"""Filed stories as files that a stopped run can go on with: what has been saved is whole, whatever happens later.

JSONL and CSV grow in place and are cut back to what was saved. Parquet cannot grow, as its index comes last: it is
written in parts, each a file of its own, which are put together at the end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from labels.errors import UserError
from predict.filed import FiledStory
from predict.writers import CsvWriter, JsonlWriter, ParquetWriter


class OutputLostError(UserError):
    """Stories that a run had saved are not there any more."""


class DurableWriter(Protocol):
    """Where the stories of a run go that can be continued."""

    def write(self, stories: Iterable[FiledStory]) -> None:
        """Add stories."""
        ...

    def save(self) -> int:
        """Make what is written safe; returns how much it is, for `open_durable_writer`."""
        ...

    def finish(self) -> None:
        """Complete the file."""
        ...

    def discard(self) -> None:
        """Throw away what only a run to go on with needed."""
        ...

    def close(self) -> None:
        """Let go of the file; what has been saved stays."""
        ...


def open_durable_writer(path: Path, output_format: str, saved: int = 0) -> DurableWriter:
    """Writer of a file in one of `predict.writers.OUTPUT_FORMATS`; the folder is made where it is missing.

    Args:
        path: of the file.
        output_format: of the file.
        saved: what the last `save` of the run to go on with returned; 0 begins anew.

    Raises:
        OutputLostError: less is there than was saved.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return DurableParquet(path, saved) if output_format == "parquet" else DurableText(path, output_format, saved)


class DurableText:
    """JSONL or CSV, saved by bytes."""

    def __init__(self, path: Path, output_format: str, saved: int) -> None:
        """Start a file, or cut it to the bytes saved."""
        if saved and (not path.exists() or path.stat().st_size < saved):
            raise OutputLostError(_lost(path))
        self._stream = path.open("r+" if saved else "w", encoding="utf-8", newline="")
        self._stream.truncate(saved)
        self._stream.seek(0, os.SEEK_END)
        self._writer = (
            JsonlWriter(self._stream) if output_format == "jsonl" else CsvWriter(self._stream, begun=saved > 0)
        )

    def write(self, stories: Iterable[FiledStory]) -> None:
        """Add stories."""
        self._writer.write(stories)

    def save(self) -> int:
        """Bring the file to the disk; returns its bytes."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        return os.fstat(self._stream.fileno()).st_size

    def finish(self) -> None:
        """Nothing is missing."""

    def discard(self) -> None:
        """Nothing is superfluous."""

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


class DurableParquet:
    """Parquet, saved by parts; one part, later a row group, a call of `write`."""

    def __init__(self, path: Path, saved: int) -> None:
        """Make the folder of parts, or throw away those that were not saved."""
        self._path = path
        self._folder = path.with_name(path.name + ".parts")
        self._n_parts = saved
        if not saved and self._folder.exists():
            shutil.rmtree(self._folder)
        self._folder.mkdir(exist_ok=True)
        kept = set(self._parts())
        if not all(part.exists() for part in kept):
            raise OutputLostError(_lost(self._folder))
        for file in self._folder.iterdir():
            if file not in kept:
                file.unlink()

    def write(self, stories: Iterable[FiledStory]) -> None:
        """Add a part."""
        self._n_parts += 1
        part = self._part(self._n_parts)
        writer = ParquetWriter(part)
        writer.write(stories)
        writer.close()
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())

    def save(self) -> int:
        """Number of parts, all of them safe."""
        return self._n_parts

    def finish(self) -> None:
        """Put the parts together, one after the other."""
        from pyarrow.parquet import read_table

        whole = self._folder / "whole"
        writer = ParquetWriter(whole)
        for part in self._parts():
            writer.add(read_table(part))
        writer.close()
        whole.replace(self._path)

    def discard(self) -> None:
        """Throw the parts away."""
        shutil.rmtree(self._folder)

    def close(self) -> None:
        """Nothing is open."""

    def _parts(self) -> Iterator[Path]:
        return map(self._part, range(1, self._n_parts + 1))

    def _part(self, number: int) -> Path:
        return self._folder / f"{number:06}.parquet"


def _lost(path: Path) -> str:
    return f"{path}: holds less than the run had saved, so that it cannot go on; begin anew with another --out"
