import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import tinsmith  # noqa: E402


@pytest.fixture(scope="session")
def command():
    return tinsmith.find_command()
