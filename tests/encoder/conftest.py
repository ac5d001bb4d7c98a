"""What the tests of the encoders share."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.tiny_openclip import make_models


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Small OpenCLIP models of every kind: where the random weights of each lie."""
    return make_models(tmp_path_factory.mktemp("openclip"))
