"""Which processor the networks run on."""

import os

import torch


def best_device() -> torch.device:
    """The first CUDA device, else Apple's GPU, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def describe_devices() -> str:
    """One line for a person: the device that will be used, and how many threads it has."""
    device = best_device()
    if device.type == "cuda":
        return f"GPU: {torch.cuda.get_device_name(device)}"
    if device.type == "mps":
        return "GPU: Apple Metal"
    threads = _threads()
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


def leave_a_core_to_decoding() -> None:
    """Compute with one thread less than there are cores, unless ``OMP_NUM_THREADS`` says how many.

    Clips are decoded while others are described. With a thread of arithmetic on every core, these
    wait for each other: on two cores indexing took a fifth longer.
    """
    torch.set_num_threads(_threads())


def _threads() -> int:
    threads = torch.get_num_threads()
    if "OMP_NUM_THREADS" in os.environ:
        return threads
    return min(threads, max(1, (os.cpu_count() or 1) - 1))
