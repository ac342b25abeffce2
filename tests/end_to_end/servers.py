"""Servers of the tests, on ports of this machine that are free."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(command, address, environment, log, cwd=None):
    """Run a server until the block ends; the block begins once the address answers."""
    with log.open("wb") as output:
        # MLflow's workers are processes of its own: all are ended by their group.
        server = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _wait(server, address, log)
            yield
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait(server, address, log):
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer: {log.read_text()}")
