"""Which errors are foreseeable, and the one line that a user reads of each."""


def explanation(error: Exception) -> str | None:
    """What to tell the user, or None where the error is a fault of the program."""
    from catalog.interface import CatalogError
    from encoder.checkpoint import CheckpointError
    from evaluation.images import EvaluationError
    from ingest.errors import VideoError
    from pipeline.attention import AttentionError
    from pipeline.correcting import CorrectionError
    from pipeline.exporting import ExportError
    from pipeline.groups import GroupingError
    from pipeline.query import QueryError
    from pipeline.query_language import QuerySyntaxError
    from pipeline.running import AlreadyRunningError
    from pipeline.settings import SettingsError
    from pipeline.steps import QueueError
    from pipeline.watching import WatchError
    from training.data import TrainingDataError
    from workers.services import ServicesError

    speaking = (
        AlreadyRunningError,
        AttentionError,
        CatalogError,
        CheckpointError,
        CorrectionError,
        EvaluationError,
        ExportError,
        GroupingError,
        QueryError,
        QueueError,
        ServicesError,
        SettingsError,
        TrainingDataError,
        VideoError,
        WatchError,
    )
    if isinstance(error, QuerySyntaxError):
        return f"{error}\n{error.pointed}"
    if isinstance(error, speaking):
        return str(error)
    if isinstance(error, OSError):
        # A full disk, a missing permission: the system's own words name the file.
        return f"{error}; see to that and run the command again"
    return None
