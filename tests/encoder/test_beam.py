"""Beam search over a decoder with known probabilities, compared with trying every sentence."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from encoder.beam import BeamSettings, WordSequence, beam_search
from encoder.captioner import DecoderState, Places
from encoder.vocabulary import END, START

WORDS = (4, 5, 6, 7)
VOCABULARY = 8
ALL_BEAMS = 600  # more than there are sentences of five words


class TableDecoder:
    """Logits that depend on the clip, on the word before, and on all words before that."""

    def __init__(self, *, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.after = 2 * torch.randn(VOCABULARY, VOCABULARY, generator=generator)
        self.trace = torch.randn(VOCABULARY, VOCABULARY, generator=generator)

    def look(self, features: Tensor) -> tuple[Places, DecoderState]:
        silent = torch.zeros(len(features), VOCABULARY)
        real = torch.ones(features.shape[:2], dtype=torch.bool)
        return Places(features, features, real, silent), DecoderState(silent, silent)

    def step(
        self, words: Tensor, state: DecoderState, places: Places
    ) -> tuple[Tensor, DecoderState, Tensor]:
        memory = 0.5 * state.output + self.trace[words]
        about = places.values[:, 0].repeat_interleave(len(words) // len(places.values), 0)
        logits = self.after[words] + memory + about
        return logits, DecoderState(memory, state.cell), places.values[:, :, 0]

    def log_probability(self, clip: Tensor, words: list[int]) -> float:
        """Sum over the words, each after those before it."""
        places, state = self.look(clip[None])
        total, last = 0.0, START
        for word in words:
            logits, state, _ = self.step(torch.tensor([last]), state, places)
            total += logits.log_softmax(-1)[0, word].item()
            last = word
        return total


def clips(count: int) -> Tensor:
    """Clips of one place each, whose values are added to the logits."""
    return torch.randn(count, 1, VOCABULARY, generator=torch.Generator().manual_seed(9))


def search(decoder: TableDecoder, features: Tensor, settings: BeamSettings) -> list[WordSequence]:
    return [found[0] for found in beam_search(decoder, *decoder.look(features), settings)]


def sentences(most: int, said: tuple[int, ...] = ()) -> Iterator[list[int]]:
    """Every sentence that may be said: ended, or as long as it may be."""
    if len(said) == most:
        yield list(said)
        return
    yield [*said, END]
    triples = set(zip(said, said[1:], said[2:], strict=False))
    for word in WORDS:
        if not said or (word != said[-1] and (*said[-2:], word) not in triples):
            yield from sentences(most, (*said, word))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("length_power", [0.0, 0.7, 1.0])
def test_it_finds_the_best_of_all_sentences(seed: int, length_power: float) -> None:
    decoder, features = TableDecoder(seed=seed), clips(1)

    def score(words: list[int]) -> float:
        return decoder.log_probability(features[0], words) / len(words) ** length_power

    best = max(sentences(5), key=score)
    [found] = search(decoder, features, BeamSettings(ALL_BEAMS, 5, length_power))

    assert found.words == [word for word in best if word != END]
    mean = decoder.log_probability(features[0], best) / len(best)
    assert found.log_probability == pytest.approx(mean, abs=1e-4)


def test_one_beam_takes_the_likeliest_word_each_time() -> None:
    decoder, features = TableDecoder(seed=3), clips(1)
    places, state = decoder.look(features)
    last, greedy = START, []
    while last != END and len(greedy) < 3:
        logits, state, _ = decoder.step(torch.tensor([last]), state, places)
        logits[0, [0, START, 3, last]] = -torch.inf
        last = int(logits.argmax())
        greedy.append(last)

    [found] = search(decoder, features, BeamSettings(beams=1, max_words=3))

    assert found.words == [word for word in greedy if word != END]


def test_clips_have_the_same_captions_together_and_alone() -> None:
    decoder, features = TableDecoder(seed=5), 4 * clips(4)
    decoder.after[:, END] -= 4
    settings = BeamSettings(beams=3, max_words=6)

    together = search(decoder, features, settings)
    alone = [search(decoder, clip[None], settings)[0] for clip in features]

    assert [found.words for found in together] == [found.words for found in alone]
    assert len({len(found.words) for found in together}) > 1
    for one, other in zip(together, alone, strict=True):
        assert one.log_probability == pytest.approx(other.log_probability, abs=1e-5)


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_caption_that_would_never_end_is_cut(most: int) -> None:
    decoder = TableDecoder(seed=0)
    decoder.after[:, END] = -1e4

    [found] = search(decoder, clips(1), BeamSettings(beams=3, max_words=most))

    assert len(found.words) == most


def test_no_three_words_are_said_twice() -> None:
    decoder = TableDecoder(seed=0)
    decoder.after[:, END] = -20
    decoder.after[4, 5] = decoder.after[5, 4] = 50  # "4 5 4 5 4 5 ..."
    decoder.after[6, 6] = 50  # "6 6 6 6 ..."

    [found] = search(decoder, clips(1), BeamSettings(beams=2, max_words=12))

    triples = list(zip(found.words, found.words[1:], found.words[2:], strict=False))
    assert len(triples) >= 8
    assert len(set(triples)) == len(triples)
    assert all(one != other for one, other in pairwise(found.words))


def test_special_tokens_are_never_said_however_likely() -> None:
    decoder = TableDecoder(seed=1)
    decoder.after[:, [0, START, 3]] = 30

    [found] = search(decoder, clips(1), BeamSettings(beams=3, max_words=5))

    assert found.words
    assert set(found.words) <= set(WORDS)


def test_more_beams_than_there_are_words_do_no_harm() -> None:
    [found] = search(TableDecoder(seed=2), clips(1), BeamSettings(beams=20, max_words=1))

    assert len(found.words) <= 1
    assert found.log_probability > -torch.inf


def test_a_caption_that_would_be_too_short_is_spoken_further() -> None:
    hasty = TableDecoder(seed=2)
    hasty.after[:, END] += 8

    [free] = search(hasty, clips(1), BeamSettings(beams=3, max_words=6))
    [bound] = search(hasty, clips(1), BeamSettings(beams=3, min_words=3, max_words=6))

    assert len(free.words) < 3
    assert len(bound.words) == 3


def test_candidates_come_best_first_and_differ() -> None:
    decoder, settings = TableDecoder(seed=3), BeamSettings(beams=6, max_words=5)

    for found in beam_search(decoder, *decoder.look(clips(3)), settings):
        scores = [candidate.score for candidate in found]
        assert len(found) == settings.beams
        assert scores == sorted(scores, reverse=True)
        assert len({tuple(candidate.words) for candidate in found}) == len(found)


def test_no_more_candidates_than_there_are_sentences() -> None:
    decoder = TableDecoder(seed=2)

    [found] = beam_search(decoder, *decoder.look(clips(1)), BeamSettings(beams=20, max_words=1))

    assert sorted(candidate.words for candidate in found) == [[], *([word] for word in WORDS)]
