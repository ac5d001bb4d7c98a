"""Milvus Lite's filters look only at the fields that they ask about."""

from pathlib import Path

import numpy as np
import pyarrow
import pytest
from milvus_lite.search import filter as lite_filter
from milvus_lite.search.filter import CompiledExpr, evaluate_mask
from numpy.typing import NDArray

from catalog.asked_fields import read_asked_fields_only
from catalog.interface import ClipFilter
from catalog.milvus import MilvusStore
from tests.catalog_records import SPACE, clip, direction


class Watched:
    """Notes which columns it is given."""

    def __init__(self) -> None:
        self.columns: list[list[str]] = []

    def __call__(self, compiled: CompiledExpr, table: pyarrow.Table) -> NDArray[np.bool_]:
        self.columns.append(table.column_names)
        mask: NDArray[np.bool_] = evaluate_mask(compiled, table)
        return mask


def test_a_filter_on_labels_reads_nothing_but_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched()
    monkeypatch.setattr(lite_filter, "evaluate_mask", watched)
    read_asked_fields_only()
    store = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    store.upsert_clips(
        [clip("v", 0, direction(1), labels=("cat",)), clip("v", 4, direction(1), labels=("dog",))]
    )
    store.flush()

    (hit,) = store.search(direction(1), limit=2, where=ClipFilter(categories=("cat",)))
    store.close()

    assert hit.record.clip_id == "v:0"
    assert watched.columns == [["labels"]]
