"""Which processor the networks run on."""

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
    return f"CPU, {torch.get_num_threads()} threads"
