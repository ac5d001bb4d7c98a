"""Caption figures: BLEU (Papineni et al. 2002), CIDEr-D (Vedantam et al. 2015), ROUGE-L (Lin 2004).

The scorers are pycocoevalcap's, fed with lower-case words without punctuation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pycocoevalcap.bleu.bleu import Bleu
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge

from encoder.vocabulary import split_words


@dataclass(frozen=True)
class CaptionFigures:
    """Corpus figures, all times 100."""

    bleu1: float
    bleu2: float
    bleu3: float
    bleu4: float
    cider: float
    rouge_l: float


def score_captions(generated: Sequence[str], references: Sequence[Sequence[str]]) -> CaptionFigures:
    """Score one generated sentence per picture against that picture's references.

    Raises ValueError where there is not one sentence for each group of references.
    """
    if len(generated) != len(references):
        raise ValueError(f"{len(generated)} sentences for {len(references)} groups of references")
    truth = {i: [" ".join(split_words(r)) for r in group] for i, group in enumerate(references)}
    found = {i: [" ".join(split_words(sentence))] for i, sentence in enumerate(generated)}
    bleu, _ = Bleu(4).compute_score(truth, found, verbose=0)
    cider, _ = Cider().compute_score(truth, found)
    rouge, _ = Rouge().compute_score(truth, found)
    return CaptionFigures(*(100 * float(value) for value in (*bleu, cider, rouge)))
