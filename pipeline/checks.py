"""Whether this machine and this library can do the work, and what to do where not."""

from dataclasses import dataclass

from pipeline.settings import Settings


@dataclass(frozen=True)
class Finding:
    """Outcome of one check."""

    name: str
    ok: bool
    detail: str
    """What was found."""
    advice: str
    """What to do about it; empty where all is well."""


def diagnose(settings: Settings) -> list[Finding]:
    """Check interpreter, packages, devices, weights, catalog, folder, decoder and broker."""
    raise NotImplementedError
