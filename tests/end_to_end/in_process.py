"""The `newsdesk` command in the process of the tests: the same `main`, without the seconds that a process takes."""

import io
import os
import shlex
import sys
from contextlib import contextmanager

from predict.command_line import main
from tests.conftest import Outcome


class _Kept(io.BytesIO):
    """Bytes that can be read when the stream around them was closed."""

    def close(self):
        pass


def newsdesk(line, *, stdin=b"", **environment):
    """Run a command line as a shell would split it; in a store that the environment names."""
    out, err = _Kept(), _Kept()
    streams = {
        "stdin": io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))),
        "stdout": io.TextIOWrapper(out, encoding="utf-8", write_through=True),
        "stderr": io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace", write_through=True),
    }
    with _put(streams, ["newsdesk", *shlex.split(line)], environment):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    return Outcome(code, out.getvalue().decode(), err.getvalue().decode())


@contextmanager
def _put(streams, arguments, environment):
    before = {name: getattr(sys, name) for name in streams}, sys.argv, dict(os.environ)
    for name, stream in streams.items():
        setattr(sys, name, stream)
    sys.argv = arguments
    # MLflow puts the address there itself, as soon as it has been told of a store.
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    os.environ |= {"COLUMNS": "160"} | environment
    try:
        yield
    finally:
        for name, stream in before[0].items():
            setattr(sys, name, stream)
        sys.argv = before[1]
        os.environ.clear()
        os.environ |= before[2]
