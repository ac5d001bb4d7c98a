"""Freed memory is used again, and what is loaded is not looked through again."""

import subprocess
import sys

import pytest

COUNT_FAULTS = """
import resource
import numpy
from encoder.allocator import keep_freed_memory

if {keeps}:
    keep_freed_memory()
def faults_of_a_batch():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    numpy.ones(40_000_000, dtype=numpy.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults_of_a_batch()
print(min(faults_of_a_batch() for _ in range(5)))
"""


def faults_of_a_batch(*, keeps: bool) -> int:
    """Pages that the system hands over for 40 MB that were allocated and freed before."""
    code = COUNT_FAULTS.format(keeps=keeps)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator is Linux's")
def test_a_second_batch_gets_the_memory_of_the_first() -> None:
    assert faults_of_a_batch(keeps=True) * 10 < faults_of_a_batch(keeps=False)


def test_the_first_text_leaves_what_is_loaded_out_of_garbage_collection() -> None:
    code = (
        "import gc\n"
        "from encoder.compact import CompactEncoder\n"
        "CompactEncoder.load().embed_texts(['a dog'])\n"
        "print(len(gc.get_objects()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert int(run.stdout) < 10_000
