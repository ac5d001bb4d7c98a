"""Words that say little of what a caption is about."""

from encoder.vocabulary import split_words

SMALL_WORDS = frozenset(
    split_words(
        "a an and are as at be by for from front has her his in into is it its of on one or other "
        "out over some something that the their them there to two up while with who next near"
    )
)
