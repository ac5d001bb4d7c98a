"""The command `clipseek` and its workers, prepared for a measurement by the environment.

`DEADLY_BRIGHTNESS`: the encoder kills its process over a clip that is brighter (0 to 255), as a
decoder might over a broken file. `TINY_MODELS`: a folder in which small OpenCLIP models are made.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pipeline.assembly
import search_ui.system_commands
import workers.local
from encoder.compact import CompactEncoder
from encoder.interface import ClipDescription
from ingest.clip import Clip
from search_ui.command_line import main as run_command
from workers.__main__ import main as run_worker
from workers.application import CATALOG, ENCODE

MODULE = "benchmarks.prepared"
BRIGHTNESS = "DEADLY_BRIGHTNESS"
TINY_MODELS = "TINY_MODELS"


class DeadlyEncoder(CompactEncoder):
    """The compact encoder, but for what it dies of."""

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        if any(clip.frames.mean() > float(os.environ[BRIGHTNESS]) for clip in clips):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().describe(clips)


def main() -> None:
    """Run what the arguments say: a worker's, or a command's."""
    workers.local.WORKER_MODULE = MODULE
    search_ui.system_commands.COMMAND_MODULE = MODULE
    if BRIGHTNESS in os.environ:
        weights = pipeline.assembly.WEIGHTS
        pipeline.assembly.load_encoder = lambda *_, **__: DeadlyEncoder.load(weights)
    if TINY_MODELS in os.environ:
        from tests.tiny_openclip import know_models

        know_models(Path(os.environ[TINY_MODELS]))
    (run_worker if sys.argv[1] in (ENCODE, CATALOG) else run_command)()


if __name__ == "__main__":
    main()
