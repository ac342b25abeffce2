"""A small store for all files of tests: each takes a copy, so that none meets what another did."""

import pytest

from tests.end_to_end.small_store import make_small_store


@pytest.fixture(scope="session")
def small_store(tmp_path_factory):
    return make_small_store(tmp_path_factory.mktemp("small_store"))
