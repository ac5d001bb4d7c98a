"""`clipseek evaluate` on real pictures: the agreed documents, and trouble told in one line."""

import json
from pathlib import Path

import pytest

from tests.search_ui.child import PHOTOGRAPHS, CommandLine, one_line


def write_captions(folder: Path) -> Path:
    """Sentences about two photographs."""
    captions = folder / "captions.tsv"
    captions.write_text(
        "chelsea.png\ta cat\nchelsea.png\ta face of a cat\ncoffee.png\ta cup of coffee\n"
    )
    return captions


def test_evaluate_retrieval_gives_the_agreed_document(clipseek: CommandLine) -> None:
    captions = write_captions(clipseek.folder)

    done = clipseek.run(
        "evaluate", "retrieval", "--images", PHOTOGRAPHS, "--captions", captions, "--json"
    )

    recalls = {"r1": 100.0, "r5": 100.0, "r10": 100.0, "median_rank": 1.0}
    best = {**recalls, **{f"r{depth}_interval": [100.0, 100.0] for depth in (1, 5, 10)}}
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "text_to_image": best,
        "image_to_text": best,
        "images": 2,
        "captions": 3,
    }


def test_evaluate_captions_gives_the_agreed_document(clipseek: CommandLine) -> None:
    captions = write_captions(clipseek.folder)

    done = clipseek.run(
        "evaluate", "captions", "--images", PHOTOGRAPHS, "--captions", captions, "--json"
    )

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    figures = {"bleu1", "bleu2", "bleu3", "bleu4", "cider", "rouge_l"}
    assert set(document) == figures | {f"{name}_interval" for name in figures} | {
        "images",
        "captions",
    }
    assert (document["images"], document["captions"]) == (2, 3)
    low, high = document["bleu1_interval"]
    assert 0 <= low <= document["bleu1"] <= high <= 100
    assert document["bleu1"] > 0  # whatever it says, it says "a"


@pytest.mark.parametrize("figure", ["retrieval", "captions"])
@pytest.mark.parametrize(
    ("line", "complaint"),
    [("chelsea.png a cat", "line 1: expected image<TAB>caption"), ("gone.png\ta cat", "gone.png")],
)
def test_evaluation_says_in_one_line_what_it_cannot_use(
    clipseek: CommandLine, figure: str, line: str, complaint: str
) -> None:
    captions = clipseek.folder / "captions.tsv"
    captions.write_text(line + "\n")

    done = clipseek.run("evaluate", figure, "--images", PHOTOGRAPHS, "--captions", captions)

    assert done.returncode == 1
    assert done.stdout == ""
    assert complaint in one_line(done.stderr)


def test_evaluate_categories_gives_the_share_of_each(clipseek: CommandLine) -> None:
    captions = clipseek.folder / "captions.tsv"
    captions.write_text(
        "video\tcategory\tcaption\n"
        "v1\tvehicles/autos\ta man is talking about a car\n"
        "v1\tvehicles/autos\ta person drives a car on the road\n"
        "v2\tanimals/pets\ta dog is playing with a cat\n"
        "v2\tanimals/pets\tsome animals in a zoo\n"
    )

    done = clipseek.run("evaluate", "categories", "--captions", captions, "--json")

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["per_class"] == {"animals/pets": 100, "vehicles/autos": 100}
    assert (document["accuracy"], document["accuracy_interval"]) == (100, [100, 100])
    assert (document["videos"], document["captions"]) == (2, 4)
