import os
from collections.abc import Iterator

import pytest
import torch

from encoder import devices
from encoder.devices import describe_devices, leave_a_core_to_decoding


@pytest.fixture(autouse=True)
def eight_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(8)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 3), (64, 8)])
def test_a_core_is_left(monkeypatch: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(devices, "best_device", lambda: torch.device("cpu"))
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    said = describe_devices()
    leave_a_core_to_decoding()
    leave_a_core_to_decoding()
    assert torch.get_num_threads() == threads
    assert said == f"CPU, {threads} thread{'' if threads == 1 else 's'}"


def test_what_the_environment_says_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    leave_a_core_to_decoding()
    assert torch.get_num_threads() == 8
