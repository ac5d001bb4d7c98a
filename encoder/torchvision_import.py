"""Makes torchvision importable beside a torch build that its compiled library does not match.

torchvision registers two operators from its own library; beside another build of torch (the small
CPU build, say) that library does not load, and the import of torchvision fails with
``operator torchvision::nms does not exist``, and with it timm's and OpenCLIP's. Neither needs
the operators to encode pictures, so declaring them is enough. Where the builds match, this module
does nothing. Every import of timm, open_clip or transformers goes through here first.
"""

import sys

import torch

_SCHEMAS = ("nms", "qnms")
_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[torch.library.Library] = []


def ensure_torchvision() -> None:
    """Import torchvision, declaring its two operators only if its own library did not."""
    if "torchvision" in sys.modules:
        return
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        for name in [m for m in sys.modules if m.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
        for operator in _SCHEMAS:
            library.define(operator + _SIGNATURE)  # type: ignore[no-untyped-call]
        _declared.append(library)  # dropping the library would take the declarations back
        import torchvision  # noqa: F401
