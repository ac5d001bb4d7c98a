"""OpenCLIP under the LSTM: small networks of every kind with random weights, and a real one."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from encoder.checkpoint import TOPICS, WEIGHTS, load_checkpoint
from encoder.coca import CocaCaptioner
from encoder.openclip import OpenClipEncoder, prompt_of
from encoder.openclip_model import OpenClipModel
from encoder.openclip_weights import find_weights, openclip_space
from encoder.temporal import AlignmentConfig, TemporalEncoder
from ingest.clip import Clip, ClipSpan, VideoInfo
from tests.tiny_openclip import (
    DIMENSION,
    TOWERS,
    add_model,
    open_clip,
    random_weights,
)

VIDEO = VideoInfo("0" * 8, Path("film.mp4"), 60.0, Fraction(25), 96, 48, 0)


def clip(length: int, *, seed: int = 0) -> Clip:
    """Frames that differ much: each of one colour with a square of another."""
    random = np.random.default_rng(seed)
    frames = np.empty((length, 48, 96, 3), np.uint8)
    frames[:] = random.integers(0, 256, (length, 1, 1, 3))
    frames[:, 10:30, 25:65] = random.integers(0, 256, (length, 1, 1, 3))
    return clip_of(frames)


def clip_of(frames: np.ndarray) -> Clip:
    return Clip(VIDEO, ClipSpan(0, 8), frames, np.arange(len(frames), dtype=np.float64))


def load(model: str, path: Path) -> OpenClipEncoder:
    return OpenClipEncoder.load(find_weights(f"openclip/{model}/{path}", download=False))


@pytest.fixture(scope="module", params=[name for name in TOWERS if name != "tiny-coca"])
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def encoder(files: Mapping[str, Path]) -> OpenClipEncoder:
    return load("tiny-vit", files["tiny-vit"])


@pytest.fixture(scope="module")
def coca(files: Mapping[str, Path]) -> OpenClipEncoder:
    return load("tiny-coca", files["tiny-coca"])


def published_way(model: str, path: Path, clips: list[Clip]) -> list[np.ndarray]:
    """Each clip's frames as OpenCLIP's documentation embeds pictures, one at a time."""
    network, _, prepare = open_clip.create_model_and_transforms(model, pretrained=str(path))
    network.eval()
    with torch.no_grad():
        rows = [
            [
                network.encode_image(prepare(Image.fromarray(frame))[None], normalize=True)[0]
                for frame in clip.frames
            ]
            for clip in clips
        ]
    return [torch.stack(frames).numpy() for frames in rows]


def test_each_frame_is_embedded_as_open_clip_does(model: str, files: Mapping[str, Path]) -> None:
    clips = [clip(1, seed=1), clip(20, seed=2)]  # more frames than go at once
    weights = find_weights(f"openclip/{model}/{files[model]}", download=False)
    tower = OpenClipModel.load(weights, device=torch.device("cpu"), half=False)

    for one, expected in zip(clips, published_way(model, files[model], clips), strict=True):
        got = tower.embed_frames(one.frames).numpy()
        assert got.shape == (len(one.frames), DIMENSION)
        np.testing.assert_allclose(got, expected, atol=1e-5)
        assert np.ptp(got, axis=0).max() > 1e-3 or len(got) == 1  # the frames do differ


def test_before_training_a_clip_is_the_mean_of_its_frames(
    model: str, files: Mapping[str, Path]
) -> None:
    clips = [clip(3, seed=1), clip(1, seed=2), clip(9, seed=3)]
    means = [frames.mean(0) for frames in published_way(model, files[model], clips)]

    embedded = load(model, files[model]).embed_clips(clips)

    expected = np.stack([mean / np.linalg.norm(mean) for mean in means])
    assert embedded.shape == (3, DIMENSION)
    assert embedded.dtype == np.float32
    np.testing.assert_allclose(embedded, expected, atol=1e-4)


@pytest.mark.parametrize("model", TOWERS)
def test_half_precision_stays_near_single_precision(model: str, files: Mapping[str, Path]) -> None:
    weights = find_weights(f"openclip/{model}/{files[model]}", download=False)
    frames, texts = clip(4).frames, ["a dog", "a red car"]
    single, half = (
        OpenClipModel.load(weights, device=torch.device("cpu"), half=half) for half in (False, True)
    )

    for one, other in (
        (single.embed_frames(frames), half.embed_frames(frames)),
        (single.embed_texts(texts), half.embed_texts(texts)),
    ):
        assert other.dtype == torch.float32
        assert not torch.equal(one, other)
        np.testing.assert_allclose(other.norm(dim=1).numpy(), 1, atol=1e-5)
        np.testing.assert_allclose((one * other).sum(1).numpy(), 1, atol=2e-3)
    if model == "tiny-coca":
        [one], [other] = (CocaCaptioner(each).caption([frames]) for each in (single, half))
        assert other.confidence == pytest.approx(one.confidence, rel=0.1)


def test_a_clip_is_described_alike_alone_and_in_any_company(
    files: Mapping[str, Path],
) -> None:
    weights = find_weights(f"openclip/tiny-coca/{files['tiny-coca']}", download=False)
    torch.manual_seed(1)
    temporal = TemporalEncoder(AlignmentConfig(dimension=DIMENSION, sequence_hidden=8))
    torch.nn.init.normal_(temporal.add.weight)
    trained = OpenClipEncoder(
        OpenClipModel.load(weights, device=torch.device("cpu"), half=False),
        temporal=temporal,
        space=openclip_space(weights),
    )
    clips = [clip(3, seed=1), clip(1, seed=2), clip(9, seed=3)]

    together = trained.describe(clips)
    alone = [trained.describe([one])[0] for one in clips]
    turned = trained.describe(clips[::-1])[::-1]

    for others in (alone, turned):
        for one, other in zip(together, others, strict=True):
            np.testing.assert_allclose(one.embedding, other.embedding, atol=1e-4)
            assert one.caption.text == other.caption.text
            assert one.caption.confidence == pytest.approx(other.caption.confidence, abs=1e-4)
            assert [s.label for s in one.categories] == [s.label for s in other.categories]


def test_a_trained_lstm_hears_the_order_of_the_frames(
    encoder: OpenClipEncoder, files: Mapping[str, Path]
) -> None:
    forwards = clip(5)
    backwards = clip_of(forwards.frames[::-1].copy())
    torch.manual_seed(1)
    temporal = TemporalEncoder(AlignmentConfig(dimension=DIMENSION, sequence_hidden=8))
    torch.nn.init.normal_(temporal.add.weight)
    weights = find_weights(f"openclip/tiny-vit/{files['tiny-vit']}", download=False)
    model = OpenClipModel.load(weights, device=torch.device("cpu"), half=False)
    trained = OpenClipEncoder(model, temporal=temporal, space=encoder.space)

    one, other = trained.embed_clips([forwards, backwards])
    assert one @ other < 0.999
    one, other = encoder.embed_clips([forwards, backwards])
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_texts_are_embedded_as_open_clip_does(model: str, files: Mapping[str, Path]) -> None:
    texts = ["a dog", "", "a cat that sits on the grass " * 9] * 7  # more than go at once
    network = open_clip.create_model(model, pretrained=str(files[model])).eval()
    with torch.no_grad():
        tokens = open_clip.get_tokenizer(model)(texts)
        expected = network.encode_text(tokens, normalize=True).numpy()

    got = load(model, files[model]).embed_texts(texts)

    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_loading_twice_gives_the_same_vectors(files: Mapping[str, Path]) -> None:
    one, other = (load("tiny-vit", files["tiny-vit"]) for _ in range(2))

    assert one.space == other.space
    np.testing.assert_array_equal(one.embed_clips([clip(3)]), other.embed_clips([clip(3)]))
    np.testing.assert_array_equal(one.embed_texts(["dog"]), other.embed_texts(["dog"]))


def test_nothing_in_gives_nothing_out(encoder: OpenClipEncoder) -> None:
    assert encoder.describe([]) == []
    assert encoder.embed_clips([]).shape == (0, DIMENSION)
    assert encoder.embed_texts([]).shape == (0, DIMENSION)


def test_topics_are_the_softmax_over_the_prompts_of_the_labels(encoder: OpenClipEncoder) -> None:
    labels = load_checkpoint(WEIGHTS / TOPICS).strings("labels")
    prompts = encoder.embed_texts([prompt_of(label) for label in labels])
    [description] = encoder.describe([clip(2)])

    odds = np.exp(prompts @ description.embedding / 0.07)  # the scale of untrained CLIPs
    expected = dict(zip(labels, odds / odds.sum(), strict=True))
    assert prompt_of("animals/pets") == "a video about animals or pets"
    assert description.categories
    for score in description.categories:
        assert score.kind == "topic"
        assert score.probability == pytest.approx(expected[score.label], abs=1e-4)


def test_a_model_that_cannot_speak_leaves_the_caption_empty(encoder: OpenClipEncoder) -> None:
    [description] = encoder.describe([clip(2)])

    assert (description.caption.text, description.caption.confidence) == ("", 0)


def likeliest_words(path: Path, frame: np.ndarray) -> tuple[list[int], float]:
    """A caption of one picture by whole passes of OpenCLIP's own forward, word by word."""
    network, _, prepare = open_clip.create_model_and_transforms("tiny-coca", pretrained=str(path))
    network.eval()
    picture = prepare(Image.fromarray(frame))[None]
    words, logs = [49406], []
    while words[-1] != 49407 and len(words) < 30:
        with torch.no_grad():
            said = network(picture, torch.tensor([words]), output_labels=False)
        logits = said["logits"][0, -1]
        logits[[0, 49406]] = -torch.inf
        if len(words) < 4:
            logits[49407] = -torch.inf
        words.append(int(logits.argmax()))
        logs.append(float(logits.log_softmax(-1).max()))
    return words[1:], float(np.exp(np.mean(logs)))


def test_a_coca_says_its_likeliest_words(coca: OpenClipEncoder, files: Mapping[str, Path]) -> None:
    still = clip(1, seed=4)
    words, confidence = likeliest_words(files["tiny-coca"], still.frames[0])
    words = [word for word in words if word != 49407]
    text = " ".join(open_clip.SimpleTokenizer().decode(words).split())

    [description] = coca.describe([still])

    assert description.caption.text == text != ""
    assert description.caption.confidence == pytest.approx(confidence, rel=1e-3)


def test_a_coca_looks_at_four_frames_spread_over_a_clip(coca: OpenClipEncoder) -> None:
    long = clip(10)
    chosen, first = clip_of(long.frames[[0, 3, 6, 9]]), clip_of(long.frames[:1])

    one, same, other = (description.caption for description in coca.describe([long, chosen, first]))

    assert one.text == same.text
    assert one.confidence == pytest.approx(same.confidence, rel=1e-4)
    assert one.confidence != pytest.approx(other.confidence, rel=1e-4)


def test_a_real_image_tower_is_embedded_as_open_clip_does(tmp_path: Path) -> None:
    tower = open_clip.get_model_config("MobileCLIP2-S0")["vision_cfg"]
    add_model("mobile", tmp_path, tower)
    path = random_weights("mobile", tmp_path / "mobile.pt")
    films = [clip(2)]
    [expected] = published_way("mobile", path, films)

    got = load("mobile", path).embed_clips(films)[0]

    mean = expected.mean(0)
    np.testing.assert_allclose(got, mean / np.linalg.norm(mean), atol=1e-4)
