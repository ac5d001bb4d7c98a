"""Words and their numbers."""

from encoder.vocabulary import END, START, UNKNOWN, Vocabulary, split_words

SENTENCES = ["A dog runs .", "a dog, a cat!", "The dog's bone"]


def test_a_sentence_is_split_into_lower_case_words_without_punctuation() -> None:
    assert split_words("Two DOGS, the boy's 3 cats.") == [
        "two",
        "dogs",
        "the",
        "boy's",
        "3",
        "cats",
    ]
    assert split_words(" ?! ") == []


def test_words_below_the_threshold_are_left_out() -> None:
    assert Vocabulary.from_sentences(SENTENCES, at_least=2).words == ["a", "dog"]
    assert Vocabulary.from_sentences(SENTENCES, at_least=4).words == []


def test_the_most_frequent_words_come_first_and_equals_by_alphabet() -> None:
    words = Vocabulary.from_sentences(SENTENCES, at_least=1).words

    assert words == ["a", "dog", "bone", "cat", "dog's", "runs", "the"]


def test_a_sentence_comes_back_from_its_numbers() -> None:
    vocabulary = Vocabulary.from_sentences(SENTENCES, at_least=1)
    numbers = vocabulary.encode("The dog RUNS.")

    assert (numbers[0], numbers[-1]) == (START, END)
    assert len(set(numbers)) == 5
    assert vocabulary.decode(numbers) == "the dog runs"
    assert max(numbers) < len(vocabulary)


def test_the_words_alone_make_the_same_vocabulary_again() -> None:
    vocabulary = Vocabulary.from_sentences(SENTENCES, at_least=1)
    again = Vocabulary(vocabulary.words)

    assert len(again) == len(vocabulary) == 7 + 4
    assert again.encode("a cat runs") == vocabulary.encode("a cat runs")


def test_unknown_words_have_one_number_and_are_not_said() -> None:
    vocabulary = Vocabulary(["dog"])

    assert vocabulary.encode("zebra dog yak") == [START, UNKNOWN, 4, UNKNOWN, END]
    assert vocabulary.decode([START, UNKNOWN, 4, UNKNOWN, END, 0, 0]) == "dog"
    assert vocabulary.encode("") == [START, END]
    assert vocabulary.encode("<end> <pad>") == [START, UNKNOWN, UNKNOWN, END]
