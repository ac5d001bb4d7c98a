"""The benchmark of GPUs, on the processor and at its smallest."""

import json
import sys
from pathlib import Path

import pytest
import torch

from benchmarks import gpu
from tests.tiny_openclip import VIT, add_model
from tests.tiny_videos import write_scenes

LITE0_OPERATIONS = 2 * 407e6
"""Twice the products that EfficientNet-lite0 is published with, its classifier among them."""


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> None:
    monkeypatch.setattr(sys, "argv", ["gpu", *map(str, words)])
    gpu.main()


def test_without_a_gpu_it_says_so_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    run(monkeypatch, "--folder", tmp_path)
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_each_network_is_swept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    add_model("tiny-vit", tmp_path, VIT)
    (tmp_path / "footage").mkdir()
    write_scenes(tmp_path / "footage" / "a.mp4", ["red", "green"])

    run(
        monkeypatch,
        *("--device", "cpu", "--batches", 1, 2, "--precisions", "float32", "bfloat16"),
        *("--towers", "tiny-vit", "--seconds", 0, "--matrix", 64, "--film-seconds", 1),
        *("--footage", tmp_path / "footage", "--folder", tmp_path / "figures"),
    )

    written = json.loads((tmp_path / "figures" / "gpu.json").read_text())
    assert {(one["network"], one["precision"], one["batch"]) for one in written["figures"]} == {
        (network, precision, batch)
        for network in ("compact", "tiny-vit", "captions")
        for precision in ("float32", "bfloat16")
        for batch in (1, 2)
    }
    assert set(written["frames_a_second_as_shipped"]) == {"decoding", "compact", "tiny-vit"}
    operations = {one["network"]: one["operations"] for one in written["figures"]}
    assert operations["compact"] == pytest.approx(LITE0_OPERATIONS, rel=0.1)
    assert operations["tiny-vit"] > 0
    assert operations["captions"] > 0
    assert (tmp_path / "figures" / "gpu.svg").exists()


def test_the_share_is_of_the_ceiling_of_the_same_precision() -> None:
    found = gpu.Measured("a", "tf32", 8, a_second=50, operations=2e9)
    assert found.share({"float32": 1e11, "tf32": 4e11}) == pytest.approx(0.25)


def test_a_batch_that_does_not_fit_ends_its_row() -> None:
    def work(batch: int) -> gpu.Work:
        if batch > 4:
            raise torch.OutOfMemoryError
        return lambda: torch.ones(2, 2) @ torch.ones(2, 2)

    clock = gpu.Clock(torch.device("cpu"), seconds=0)
    swept = iter([gpu.Network("a", work)])
    found = list(gpu.sweep(clock, swept, [1, 4, 8, 2], ["float32"]))
    assert [one.batch for one in found] == [1, 4]
    assert found[0].operations == 16
