"""What a library holds."""

from dataclasses import dataclass

from pipeline.library import Library


@dataclass(frozen=True)
class LibraryStatus:
    """Counts and sizes of one library."""

    videos: int
    clips: int
    missing: int
    """Videos whose file was gone at the last look."""
    space: str
    """Name of the embedding space: the encoder that made the vectors."""
    duration_seconds: float
    """All videos together."""
    size_bytes: int
    """What the library's folder takes on disk; a Milvus server's own files are not counted."""


def library_status(library: Library) -> LibraryStatus:
    """Count what `library` holds, without loading the encoder."""
    raise NotImplementedError
