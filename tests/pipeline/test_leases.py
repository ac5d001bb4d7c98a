"""A lease is held by one, ends with its holder, and tells what the holder died of."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.leases import Condition, LeaseHeldError, hold, look_at
from tests.pipeline.half_way import ROOT

HOLD_UNTIL_KILLED = """
import sys
from pathlib import Path
from pipeline.leases import hold

with hold(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


def die_over(path: Path, run: str) -> None:
    """Hold a lease in another process and kill it."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD_UNTIL_KILLED, str(path), run],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    assert look_at(path)[0] is Condition.HELD
    with pytest.raises(LeaseHeldError), hold(path, run):
        pass
    child.kill()
    child.communicate()


def test_a_new_lease_is_free(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    assert look_at(path)[0] is Condition.FREE
    with hold(path, "run") as lease:
        assert (lease.deaths, lease.tries) == (0, 0)
        assert look_at(path)[0] is Condition.HELD
    assert look_at(path)[0] is Condition.FREE


def test_a_lease_ends_with_its_holder_whose_death_counts(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    for deaths in (1, 2):
        die_over(path, "run")
        assert look_at(path)[0] is Condition.ABANDONED
        with hold(path, "run") as lease:
            assert lease.deaths == deaths


def test_who_dies_with_the_whole_system_is_not_to_blame(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    die_over(path, "before the power cut")
    with hold(path, "after it") as lease:
        assert lease.deaths == 0


def test_work_that_ends_with_an_error_is_put_off(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    for _ in range(2):
        with pytest.raises(OSError, match="the disk is full"), hold(path, "run"):
            raise OSError("the disk is full")
    condition, lease = look_at(path)
    assert condition is Condition.PUT_OFF
    assert (lease.tries, lease.trouble, lease.deaths) == (2, "the disk is full", 0)
    with hold(path, "run"):
        pass
    assert look_at(path)[0] is Condition.FREE


def test_a_torn_file_counts_as_new(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    path.write_bytes(b'{"held": tr')
    with hold(path, "run") as lease:
        assert lease.deaths == 0


def test_where_the_folder_is_gone_there_is_no_lease(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), hold(tmp_path / "gone" / "lease", "run"):
        pass
