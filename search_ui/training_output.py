"""What training on a user's own captions achieved, as JSON and as a table."""

from pathlib import Path

from rich.table import Table

from pipeline.settings import Settings
from search_ui.json_output import Json
from search_ui.printing import count, rows
from search_ui.terminal import results, shown_path
from training.own import OwnFigures, OwnReport


def training_document(report: OwnReport, weights: Path) -> Json:
    """Recalls and BLEU in percent, of the held-out items; `weights` is null where none are new."""
    return {
        "items": report.items,
        "held_out": report.held_out,
        "before": _figures(report.before),
        "after": _figures(report.after),
        "finds_better": report.finds_better,
        "describes_better": report.describes_better,
        "weights": str(weights) if report.improved else None,
        "failed": [{"line": each.line, "error": each.error} for each in report.problems],
    }


def _figures(figures: OwnFigures) -> dict[str, Json]:
    return {
        "text_to_clip_r1": figures.ranks.recall_at_1,
        "text_to_clip_r10": figures.ranks.recall_at_10,
        "clip_to_text_r1": figures.ranks.text_recall_at_1,
        "clip_to_text_r10": figures.ranks.text_recall_at_10,
        "bleu4": figures.captions.bleu4,
        "cider": figures.captions.cider,
    }


_SHOWN = {
    "text_to_clip_r1": "texts that find their clip first",
    "text_to_clip_r10": "  among the first ten",
    "clip_to_text_r1": "clips that find their text first",
    "clip_to_text_r10": "  among the first ten",
    "bleu4": "captions, BLEU-4",
    "cider": "captions, CIDEr-D",
}


def print_training(report: OwnReport, weights: Path) -> None:
    """Figures before and after, and what has become of the weights."""
    before, after = _figures(report.before), _figures(report.after)
    table: Table = rows()
    table.add_column("")
    for column in ("before", "after"):
        table.add_column(column, justify="right")
    for name, shown in _SHOWN.items():
        table.add_row(shown, f"{before[name]:.1f}", f"{after[name]:.1f}")
    results.print(
        f"{count(report.items, 'item')}, of which {report.held_out} held out: not learned from, "
        "but the best epoch was chosen on them"
    )
    results.print(table)
    for better, what in (
        (report.finds_better, "search"),
        (report.describes_better, "captions"),
    ):
        if not better:
            results.print(f"{what}: nothing got better, so it stays as it is shipped")
    if report.improved:
        results.print(f"weights written to {shown_path(weights)}; delete them to go back")
    else:
        results.print("no weights written; the library keeps those that it uses")


def index_again(settings: Settings) -> str:
    """What to do with what the library holds from before."""
    library = shown_path(settings.library)
    return f"what is indexed already must be described anew: clipseek reindex --library {library}"
