"""Caption decoder: an LSTM that looks at the clip anew for every word.

Soft attention with a gate over the CNN's places (Show, Attend and Tell, Xu et al. 2015); the places
are those of all the clip's frames together (time and space), so the decoder chooses when to look
as well as where. Repeating a frame leaves the attention's result as it was.

Beside the places stands the gist, the clip's embedding. A text has an embedding, too, in the same
space, so the decoder can also learn to speak from texts without pictures (CapDec, Nukrai et al.
2022).
"""

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from encoder.backbone import FEATURE_CHANNELS
from encoder.checkpoint import fitting, load_checkpoint, require_alignment
from encoder.tensors import as_torch
from encoder.vocabulary import END, PAD, Vocabulary

_LOOKING_AT_ONCE = {"cpu": 16}
"""So many sentences; what more of them make on the way to one number would leave the cache, and
blocks of so many sizes, of tens of MB, would leave memory in pieces."""


@dataclass(frozen=True)
class CaptionerConfig:
    """Sizes of the decoder."""

    words: int  # size of the vocabulary, special tokens included
    dimension: int = 512  # length of the gist
    hidden: int = 512
    embedding: int = 256
    attention: int = 256
    dropout: float = 0.5  # 30,000 captions are few for a decoder of this size


@dataclass(frozen=True)
class DecoderState:
    """The LSTM's memory between two words."""

    output: Tensor  # (B, H)
    cell: Tensor  # (B, H)

    def rows(self, index: Tensor) -> "DecoderState":
        """Keep the rows at ``(B',)`` index."""
        return DecoderState(self.output[index], self.cell[index])


@dataclass(frozen=True)
class Places:
    """What the decoder may look at: the projected places of each clip, and its gist."""

    values: Tensor  # (B, P, H)
    keys: Tensor  # (B, P, A)
    real: Tensor  # (B, P) bool, False where padded
    gist: Tensor  # (B, H)

    def rows(self, index: Tensor) -> "Places":
        """Keep the rows at ``(B',)`` index."""
        return Places(self.values[index], self.keys[index], self.real[index], self.gist[index])


class Captioner(nn.Module):
    """Features of a clip's places, its gist and the words so far → the next word."""

    gist_mean: Tensor

    def __init__(self, config: CaptionerConfig) -> None:
        super().__init__()
        self.config = config
        self.norm = nn.LayerNorm(FEATURE_CHANNELS)
        self.project = nn.Linear(FEATURE_CHANNELS, config.hidden)
        # Pictures and texts lie around different centres (the modality gap, Liang et al. 2022).
        self.register_buffer("gist_mean", torch.zeros(config.dimension))
        self.gist = nn.Linear(config.dimension, config.hidden)
        self.key = nn.Linear(config.hidden, config.attention)
        self.query = nn.Linear(config.hidden, config.attention)
        self.energy = nn.Linear(config.attention, 1, bias=False)
        self.gate = nn.Linear(config.hidden, config.hidden)
        self.begin = nn.Linear(2 * config.hidden, 2 * config.hidden)
        self.words = nn.Embedding(config.words, config.embedding)
        self.cell = nn.LSTMCell(config.embedding + config.hidden, config.hidden)
        self.speak = nn.Linear(2 * config.hidden, config.embedding)
        self.bias = nn.Parameter(torch.zeros(config.words))
        self.dropout = nn.Dropout(config.dropout)

    def look(
        self, features: Tensor, real: Tensor, embeddings: Tensor
    ) -> tuple[Places, DecoderState]:
        """Prepare a batch of clips.

        Args:
            features: ``(B, P, 1280)`` places of all frames of each clip, padded at the end.
            real: ``(B, P)`` False where padded.
            embeddings: ``(B, D)`` of the clips.
        """
        gist = F.normalize(embeddings - self.gist_mean, dim=-1)  # (B, D)
        return self.look_at(features, real, gist)

    def look_at(self, features: Tensor, real: Tensor, gist: Tensor) -> tuple[Places, DecoderState]:
        """Like `look`, with a gist that is centred already; no place need be real."""
        values = self.dropout(F.relu(self.project(self.norm(features))))  # (B, P, H)
        weights = real[..., None].float()
        mean = (values * weights).sum(1) / weights.sum(1).clamp(min=1)  # (B, H)
        about = self.dropout(F.relu(self.gist(gist)))  # (B, H)
        start = self.begin(torch.cat([mean, about], -1))  # (B, 2H)
        output, cell = torch.tanh(start).chunk(2, dim=-1)  # (B, H) each
        return Places(values, self.key(values), real, about), DecoderState(output, cell)

    def step(
        self, words: Tensor, state: DecoderState, places: Places
    ) -> tuple[Tensor, DecoderState, Tensor]:
        """Read one word of each of K sentences about every clip, ``(B * K,)``, clip by clip.

        Places are not repeated for each sentence, as reading them is most of the work, and nothing
        is computed for a sentence that ended: most end long before the longest.

        Returns:
            logits of the next word ``(B * K, V)``, the new state, and the attention ``(B * K, P)``;
            of a sentence that ended, logits and state are 0.
        """
        going = ((words != PAD) & (words != END)).nonzero().squeeze(1)  # (R,)
        about = going * len(places.keys) // len(words)  # (R,), the clip of each
        attention = self._attend(going, state, places)  # (B, K, P)
        seen = torch.bmm(attention, places.values).flatten(0, 1)[going]  # (R, H)
        before = DecoderState(state.output[going], state.cell[going])
        seen = torch.sigmoid(self.gate(before.output)) * seen + places.gist[about]
        word = self.dropout(self.words(words[going]))  # (R, E)
        output, cell = self.cell(torch.cat([word, seen], -1), (before.output, before.cell))
        spoken = self.speak(self.dropout(torch.cat([output, seen], -1)))  # (R, E)
        logits = F.linear(self.dropout(spoken), self.words.weight, self.bias)  # (R, V)
        logits, output, cell = (_placed(rows, going, len(words)) for rows in (logits, output, cell))
        return logits, DecoderState(output, cell), attention.flatten(0, 1)

    def _attend(self, going: Tensor, state: DecoderState, places: Places) -> Tensor:
        """How much each sentence looks at each place, ``(B, K, P)``; one that ended, anywhere."""
        # To learn, all at once: each part would have a gradient of the size of the whole.
        at_once = len(going) if self.training else _LOOKING_AT_ONCE.get(going.device.type)
        parts = torch.split(going, at_once or len(going))
        energy = torch.cat([self._energy(rows, state, places) for rows in parts])  # (R, P)
        energy = _placed(energy, going, len(state.output))  # (B * K, P)
        energy = energy.reshape(len(places.keys), -1, energy.shape[-1])
        real = places.real[:, None]  # (B, 1, P)
        # Not minus infinity: where no place is real, that would give no numbers.
        return energy.masked_fill(~real, -1e4).softmax(-1) * real.any(-1, keepdim=True)

    def _energy(self, rows: Tensor, state: DecoderState, places: Places) -> Tensor:
        keys = places.keys[rows * len(places.keys) // len(state.output)]  # (R, P, A)
        looked = (keys + self.query(state.output[rows])[:, None]).tanh_()
        return self.energy(looked).squeeze(-1)  # type: ignore[no-any-return]  # (R, P)

    def forward(self, places: Places, state: DecoderState, captions: Tensor) -> Tensor:
        """Logits of every next word, each read from the true words before it.

        Args:
            places: what `look` gave.
            state: what `look` gave.
            captions: ``(B, L)`` word numbers, the first of them "start".

        Returns:
            ``(B, L - 1, V)``; row t predicts word t + 1.
        """
        logits = []
        for t in range(captions.shape[1] - 1):
            scores, state, _ = self.step(captions[:, t], state, places)
            logits.append(scores)
        return torch.stack(logits, 1)


def _placed(rows: Tensor, at: Tensor, count: int) -> Tensor:
    """``(R, N)`` → ``(count, N)`` with `rows` at the numbers `at`, and 0 elsewhere."""
    return rows.new_zeros(count, rows.shape[1]).index_copy(0, at, rows)


def load_captioner(path: Path) -> tuple[Captioner, Vocabulary]:
    """Read a caption decoder with its words.

    Raises:
        CheckpointError: the file is missing or damaged, does not fit this version, or belongs to
            another alignment than the one beside it.
    """
    checkpoint = load_checkpoint(path)
    require_alignment(checkpoint, path)
    with fitting(path):
        vocabulary = Vocabulary(checkpoint.strings("vocabulary"))
        config = CaptionerConfig(
            words=len(vocabulary),
            dimension=checkpoint.number("dimension"),
            hidden=checkpoint.number("hidden"),
            embedding=checkpoint.number("embedding"),
            attention=checkpoint.number("attention"),
        )
        captioner = Captioner(config)
        captioner.load_state_dict(as_torch(checkpoint.tensors))
    return captioner, vocabulary
