"""What a run over files has filed so far, and where its stories go; recorded or not, the run need not care."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from labels.errors import UserError
from predict.durable_writers import DurableWriter
from predict.filed import FiledStory
from predict.run_record import RunProgress, RunSettings, record_path, save_record
from predict.writers import StoryWriter


class OutputError(UserError):
    """The output cannot be written any further."""


class RunOutput:
    """Stories go to a writer, if there is one, and are counted."""

    def __init__(self, writer: StoryWriter | None, progress: RunProgress) -> None:
        """Begin with what is done."""
        self._writer = writer
        self.progress = progress

    def add(self, stories: Sequence[FiledStory]) -> None:
        """Add the stories of an issue."""
        if self._writer:
            self._writer.write(stories)
        self.progress.stories += sum(not story.boilerplate for story in stories)

    def add_rows(self, stories: Sequence[FiledStory]) -> None:
        """Add the stories of some rows, which are then done for good.

        Raises:
            OutputError: the disk is full or gone, and the run is recorded.
        """
        self.add(stories)
        self.progress.rows += len(stories)
        for story in stories:
            for sector in [one.sector for one in story.sectors] or [""]:
                self.progress.sectors[sector] = self.progress.sectors.get(sector, 0) + 1
        self._keep()

    def end_file(self) -> None:
        """Go on to the next file."""
        self.progress.file += 1
        self.progress.rows = 0
        self.progress.sectors.clear()
        self._keep()

    def finish(self) -> None:
        """Complete the output."""

    def close(self) -> None:
        """Let go of the output; what has been written stays."""
        if self._writer:
            self._writer.close()

    def _keep(self) -> None:
        """Nothing is recorded."""


class RecordedOutput(RunOutput):
    """Output of a run that can go on after it was stopped, at the last row that `add_rows` took."""

    def __init__(self, writer: DurableWriter, progress: RunProgress, path: Path, settings: RunSettings) -> None:
        """Begin with what is done."""
        super().__init__(writer, progress)
        self._durable = writer
        self._path = path
        self._settings = settings
        self._keep()

    def add(self, stories: Sequence[FiledStory]) -> None:
        """Add the stories of an issue."""
        with self._faults_named():
            super().add(stories)

    def finish(self) -> None:
        """Complete the output and record that nothing is left to do."""
        with self._faults_named():
            self._durable.finish()
            self.progress.finished = True
            save_record(self._path, self._settings, self.progress)
            self._durable.discard()

    def _keep(self) -> None:
        with self._faults_named():
            self.progress.saved = self._durable.save()
            save_record(self._path, self._settings, self.progress)

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"{self._path}: cannot be written ({error.strerror}); make room and go on with --resume"
            ) from error


def forget_record(path: Path) -> None:
    """Remove the record of an output that is about to be written anew."""
    record_path(path).unlink(missing_ok=True)
