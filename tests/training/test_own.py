"""Training on a user's own captions: what is learned, what stays, and what a library gets."""

import shutil
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
import torch

from encoder.alignment import load_alignment
from encoder.captioner import Captioner, CaptionerConfig
from encoder.checkpoint import (
    ALIGNMENT,
    CAPTIONER,
    REPLACED,
    TOPICS,
    WEIGHTS,
    compact_space,
    fingerprint,
    load_checkpoint,
)
from encoder.compact import CompactEncoder
from encoder.vocabulary import Vocabulary
from ingest.clip import Clip
from ingest.still import still_clip
from ingest.writing import write_video
from tests.tiny_videos import write_scenes
from tests.training.own_media import SIGNS, draw_sign, write_media
from training.own import (
    FEWEST_ITEMS,
    OwnReport,
    OwnTraining,
    TooFewItemsError,
    train_own,
)
from training.own_alignment import OwnAlignmentTraining, fit_alignment
from training.own_captions import OwnCaptionTraining, Speaker
from training.own_data import OwnItem, read_own_table
from training.own_features import OwnClip, OwnFeatures, embed_all

UNTRAINED = OwnTraining(OwnAlignmentTraining(epochs=0), OwnCaptionTraining(epochs=0))


def quiet(stage: str, done: int, total: int) -> None:
    pass


def table_of(folder: Path, rows: list[str]) -> Path:
    path = folder / "captions.tsv"
    path.write_text("\n".join(["file\tcaption", *rows]), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Taught:
    """A training on signs that nobody knew before."""

    report: OwnReport
    weights: Path
    stages: list[str]
    encoder: CompactEncoder
    table: Path


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Taught:
    folder = tmp_path_factory.mktemp("own")
    rows = write_media(folder / "media", each=8)
    (folder / "media" / "broken.png").write_text("no picture")
    rows += ["absent.png\ta florbit", "broken.png\ta quandle"]
    film = folder / "media" / "film.mp4"
    write_video(film, repeat(np.asarray(draw_sign("zimmox", 50)), 4), frames_per_second=2)
    rows += ["film.mp4\ta zimmox\t0\t1", "film.mp4\ta zimmox\t1\t2"]
    stages: list[str] = []
    table = table_of(folder, rows)
    report = train_own(
        read_own_table(table, folder / "media"),
        folder / "library" / "weights",
        on_progress=lambda stage, done, total: stages.append(stage),
    )
    weights = folder / "library" / "weights"
    return Taught(report, weights, stages, CompactEncoder.load(weights), table)


def unseen(sign: str, folder: Path) -> Clip:
    path = folder / f"{sign}.png"
    draw_sign(sign, 99).save(path)
    return still_clip(path)


def test_names_that_were_unknown_find_pictures_that_were_not_shown(
    taught: Taught, tmp_path: Path
) -> None:
    clips = [unseen(sign, tmp_path) for sign in SIGNS]
    names = [f"a {sign}" for sign in SIGNS]

    def found(encoder: CompactEncoder) -> list[int]:
        return (encoder.embed_texts(names) @ encoder.embed_clips(clips).T).argmax(1).tolist()

    assert found(CompactEncoder.load()) != [0, 1, 2]
    assert found(taught.encoder) == [0, 1, 2]


def test_captions_say_the_new_names(taught: Taught, tmp_path: Path) -> None:
    said = [
        description.caption.text
        for description in taught.encoder.describe([unseen(sign, tmp_path) for sign in SIGNS])
    ]

    assert sum(sign in text.split() for sign, text in zip(SIGNS, said, strict=True)) >= 2


def test_the_report_tells_what_got_better(taught: Taught) -> None:
    report = taught.report

    assert (report.items, report.finds_better, report.describes_better) == (26, True, True)
    assert 1 <= report.held_out <= 6
    assert report.after.ranks.mean_reciprocal > report.before.ranks.mean_reciprocal
    assert report.after.captions.bleu1 > report.before.captions.bleu1
    assert set(taught.stages) == {"looking", "reading", "learning to find", "learning to describe"}


def test_lines_that_failed_are_named_whenever_that_was_found_out(taught: Taught) -> None:
    assert [problem.line for problem in taught.report.problems] == [74, 75]
    for problem in taught.report.problems:
        assert problem.error.startswith(f"{taught.table}:{problem.line}: ")
    assert "give a JPEG" in taught.report.problems[1].error


def test_all_weights_come_along_bound_to_the_new_space(taught: Taught) -> None:
    shipped = {path.name for path in WEIGHTS.glob("*.safetensors")}

    assert {path.name for path in taught.weights.iterdir()} == shipped
    assert [path.name for path in taught.weights.parent.iterdir()] == ["weights"]
    assert taught.encoder.space == compact_space(taught.weights) != compact_space(WEIGHTS)
    for name in shipped - {ALIGNMENT, CAPTIONER}:
        one, other = (load_checkpoint(folder / name) for folder in (WEIGHTS, taught.weights))
        for tensor in one.tensors:
            np.testing.assert_array_equal(one.tensors[tensor], other.tensors[tensor])
        bound = {k for k in one.config if one.config[k] != other.config[k]}
        assert bound == {"alignment"} & set(one.config)


def test_only_the_projections_of_the_space_have_changed(taught: Taught) -> None:
    before, after = (load_checkpoint(f / ALIGNMENT).tensors for f in (WEIGHTS, taught.weights))

    changed = {name for name in before if not np.array_equal(before[name], after[name])}

    assert {name.split(".")[0] for name in changed} == {"frame", "sentence"}


def test_what_was_known_before_stays_near_where_it_was(taught: Taught) -> None:
    texts = ["two dogs run over the grass", "a man rides a bicycle", "a plate of food"]
    before, after = CompactEncoder.load().embed_texts(texts), taught.encoder.embed_texts(texts)

    assert (before * after).sum(1).min() > 0.9


@pytest.fixture
def moments(tmp_path: Path) -> tuple[Path, list[str]]:
    """One video with twenty moments."""
    colours = ["red", "green", "blue", "white"] * 5
    write_scenes(tmp_path / "film.mp4", colours, seconds_each=1)
    rows = [f"film.mp4\ta {c} wall\t{n}\t{n + 1}" for n, c in enumerate(colours)]
    return tmp_path, rows


def test_where_nothing_gets_better_nothing_is_written(moments: tuple[Path, list[str]]) -> None:
    folder, rows = moments
    target = folder / "library" / "weights"

    report = train_own(
        read_own_table(table_of(folder, rows), folder),
        target,
        training=UNTRAINED,
        on_progress=quiet,
    )

    assert not report.improved
    assert report.after == report.before
    assert (report.items, report.held_out) == (20, 3)
    assert list(target.parent.iterdir()) == []


def test_too_few_items_train_nothing(moments: tuple[Path, list[str]]) -> None:
    folder, rows = moments
    table = read_own_table(table_of(folder, [*rows[:-1], "absent.mp4\ta wall"]), folder)

    with pytest.raises(TooFewItemsError, match=f"19 usable.*fewer than {FEWEST_ITEMS}") as caught:
        train_own(table, folder / "library" / "weights", on_progress=quiet)

    assert [problem.line for problem in caught.value.problems] == [21]
    assert not (folder / "library").exists()


def test_items_that_cannot_be_decoded_do_not_count(moments: tuple[Path, list[str]]) -> None:
    folder, rows = moments
    past = "film.mp4\ta wall\t90\t91"
    table = read_own_table(table_of(folder, [*rows[:-1], past]), folder)

    with pytest.raises(TooFewItemsError, match="19 usable") as caught:
        train_own(table, folder / "library" / "weights", on_progress=quiet)

    assert "before the moment begins" in caught.value.problems[0].error
    assert list((folder / "library").iterdir()) == []


def made_up(count: int, sentences: torch.Tensor, *, texts: list[str]) -> OwnFeatures:
    """Clips of random features that are said to be the texts, by turns."""
    torch.manual_seed(0)
    clips = [
        OwnClip(
            OwnItem(f"{n}.png", Path("none"), None, (texts[n % len(texts)],), n),
            still=n % 2 == 0,
            frames=torch.rand(3, 1280),
            places_file=Path("none"),
        )
        for n in range(count)
    ]
    return OwnFeatures(tuple(clips), tuple(texts), sentences)


def test_clips_that_all_carry_one_caption_do_no_harm() -> None:
    model = load_alignment(WEIGHTS / ALIGNMENT)
    data = made_up(8, torch.rand(1, 768), texts=["a wall"])
    before = embed_all(model, data.clips)

    better = fit_alignment(
        model, data, held_out=data, training=OwnAlignmentTraining(epochs=2), on_progress=quiet
    )

    assert not better
    torch.testing.assert_close(embed_all(model, data.clips), before)


def test_a_clip_is_embedded_alone_as_among_others() -> None:
    model = load_alignment(WEIGHTS / ALIGNMENT)
    clips = made_up(4, torch.rand(1, 768), texts=["a wall"]).clips
    longer = replace(clips[1], frames=torch.rand(7, 1280))

    together = embed_all(model, [*clips, longer])

    for row, clip in enumerate([*clips, longer]):
        torch.testing.assert_close(embed_all(model, [clip])[0], together[row])


def test_a_grown_speaker_knows_frequent_new_words_and_speaks_as_before() -> None:
    torch.manual_seed(0)
    config = CaptionerConfig(words=6, dimension=4, hidden=8, embedding=5, attention=3)
    speaker = Speaker(Captioner(config).eval(), Vocabulary(["a", "dog"]))

    grown = speaker.grown(["a florbit", "the florbit", "a rare dog"], at_least=2)

    assert grown.vocabulary.words == ["a", "dog", "florbit"]
    looked = torch.rand(1, 3, 1280), torch.ones(1, 3, dtype=torch.bool), torch.rand(1, 4)
    words = torch.tensor([4])
    before, after = (
        s.captioner.eval().step(words, *reversed(s.captioner.look(*looked)))[0]
        for s in (speaker, grown)
    )
    torch.testing.assert_close(after[:, :6], before)


def test_new_weights_replace_older_ones_whole(
    moments: tuple[Path, list[str]], taught: Taught, tmp_path: Path
) -> None:
    folder, rows = moments
    target = tmp_path / "library" / "weights"
    shutil.copytree(taught.weights, target)
    (target / "leftover").touch()

    report = train_own(
        read_own_table(table_of(folder, rows), folder),
        target,
        training=OwnTraining(OwnAlignmentTraining(epochs=0), OwnCaptionTraining(epochs=3)),
        on_progress=quiet,
    )

    assert (report.finds_better, report.describes_better) == (False, True)
    assert (target / ALIGNMENT).read_bytes() == (WEIGHTS / ALIGNMENT).read_bytes()
    assert not (target / "leftover").exists()
    assert (target / TOPICS).exists()
    kept = target.with_name(f"weights{REPLACED}{fingerprint(taught.weights / ALIGNMENT)}")
    assert {path.name for path in target.parent.iterdir()} == {"weights", kept.name}
    assert compact_space(kept) == compact_space(taught.weights)
    CompactEncoder.load(target)
