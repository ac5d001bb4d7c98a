"""torchvision imports beside any build of torch, and once is enough."""

import subprocess
import sys

from encoder.torchvision_import import ensure_torchvision

SCRIPT = """
from encoder.torchvision_import import ensure_torchvision
ensure_torchvision()
ensure_torchvision()
import torch, torchvision, timm, transformers
assert hasattr(torch.ops.torchvision, "nms")
from transformers import BertModel
"""


def test_a_fresh_process_can_import_what_needs_it() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_a_second_call_changes_nothing() -> None:
    ensure_torchvision()
    first = sys.modules["torchvision"]

    ensure_torchvision()

    assert sys.modules["torchvision"] is first
