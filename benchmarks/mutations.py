"""Real files, damaged as chance or malice would; random questions in the query language."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.query_language import KEYS

LARGEST_SAMPLE = 700_000
"""Bytes; one input should be decoded in about a second."""

PLAYLISTS = (
    "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:2.0,\n{}\n#EXT-X-ENDLIST\n",
    "ffconcat version 1.0\nfile {}\n",
    '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>\n",
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n#{}",
    "[playlist]\nFile1={}\n",
)
ADDRESSES = ("{}", "file:{}", "concat:{}|{}", "subfile,,start,0,end,8,,:{}", "crypto:{}")
EXTREMES = (b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00")

Dice = random.Random


def samples_in(folders: Sequence[Path]) -> list[tuple[str, bytes]]:
    """Endings and contents of the small files in some folders, in the order of their names."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    small = [path for path in files if path.stat().st_size <= LARGEST_SAMPLE]
    return [(path.suffix, path.read_bytes()) for path in small]


def mutant(dice: Dice, samples: Sequence[tuple[str, bytes]], bait: Path) -> tuple[str, bytes]:
    """An ending and a content: one of the samples after one to three mutations.

    One in eight begins as a playlist that names `bait`.
    """
    suffix, content = dice.choice(samples)
    other = dice.choice(samples)
    if dice.random() < 1 / 8:
        content = _playlist(dice, bait) + content[: dice.choice((0, 200, len(content)))]
    for _ in range(dice.randint(1, 3)):
        content = dice.choice(MUTATIONS)(dice, content, other[1])
    return dice.choice((suffix, suffix, suffix, other[0], ".mp4")), content


def _playlist(dice: Dice, bait: Path) -> bytes:
    name = dice.choice((str(bait), bait.name))
    return dice.choice(PLAYLISTS).format(dice.choice(ADDRESSES).format(name, name)).encode()


def _flipped(dice: Dice, content: bytes, other: bytes) -> bytes:
    """Some bits, most often in the first kilobytes, where formats keep what they are."""
    changed = bytearray(content)
    reach = dice.choice((200, 4000, len(changed)))
    for _ in range(dice.choice((1, 8, 64)) if changed else 0):
        changed[dice.randrange(min(reach, len(changed)))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut(dice: Dice, content: bytes, other: bytes) -> bytes:
    begin, end = sorted(dice.randint(0, len(content)) for _ in range(2))
    return dice.choice((content[:end], content[begin:], content[:begin] + content[end:]))


def _spliced(dice: Dice, content: bytes, other: bytes) -> bytes:
    size = dice.choice((16, 64, 500, 5000))
    return other[:size] + content[dice.choice((0, size)) :]


def _swapped(dice: Dice, content: bytes, other: bytes) -> bytes:
    places = sorted(dice.randint(0, len(content)) for _ in range(4))
    a, b, c, d = places
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def _repeated(dice: Dice, content: bytes, other: bytes) -> bytes:
    begin = dice.randint(0, len(content))
    piece = content[begin : begin + dice.choice((4, 100, 3000))]
    return content[:begin] + piece * dice.choice((2, 10, 60)) + content[begin:]


def _extreme(dice: Dice, content: bytes, other: bytes) -> bytes:
    """Numbers at the edge of their range, as lengths and sizes often are where it hurts."""
    changed = bytearray(content)
    for _ in range(dice.choice((1, 4))):
        place = dice.randrange(min(len(changed), dice.choice((400, 10**6))) or 1)
        changed[place : place + 4] = dice.choice(EXTREMES)
    return bytes(changed)


MUTATIONS: tuple[Callable[[Dice, bytes, bytes], bytes], ...] = (
    _flipped, _flipped, _cut, _spliced, _swapped, _repeated, _extreme, _extreme,
)  # fmt: skip

WORDS = (
    "red", "green", "blue", "a man", "then", "minus", "plus", "within", "within 1", "in:a.mp4",
    '"', '"red', "^", ":", ">", "^0", "^-1", "^1e9", "like:a:0", "unlike:", "'", "\\", "%", "_",
    "\x00", "\ud800", "\u202e", "\n", "٣", "0", "-1", "1e309", "nan", "9" * 400, "2024-02-30",
    "0000", "a.mp4", "or", "and", "not", "(", ")", "[1]", "{}", "LIKE", "'; drop", "\U0001f600",
)  # fmt: skip


SOUND_STEPS = ("red", "blue and red", '"then" green', "red minus blue", "green^2 plus red")
SOUND_CONDITIONS = (
    "category:red", "category:{v}", 'topic:"{v}"', "in:a.mp4", "in:{v}", "after:2020", "longer:0.5",
    "shorter:{v}", "before:2030-01-31", "height:20", "category:blue>0.2",
)  # fmt: skip


def question(dice: Dice) -> str:
    """A text that somebody may type, in half of all cases one that should be understood."""
    text = _sound(dice) if dice.random() < 0.5 else _broken(dice)
    if dice.random() < 0.2:
        place = dice.randint(0, len(text))
        letter = chr(dice.choice((dice.randrange(128), dice.randrange(0xD800))))
        text = text[:place] + letter + text[place:]
    return text


def _sound(dice: Dice) -> str:
    steps = [dice.choice(SOUND_STEPS) for _ in range(dice.choice((0, 1, 1, 2, 4)))]
    chosen = [dice.choice(SOUND_CONDITIONS) for _ in range(dice.choice((0, 1, 2)))]
    values = [dice.choice(WORDS).replace('"', "'") for _ in chosen]
    conditions = [one.format(v=value) for one, value in zip(chosen, values, strict=True)]
    return " ".join([" then ".join(steps), *conditions])


def _broken(dice: Dice) -> str:
    """Pieces of the language in any order."""
    pieces = [_piece(dice) for _ in range(dice.choice((1, 3, 6, 12, 120)))]
    return dice.choice((" ", " ", "")).join(pieces)


def _piece(dice: Dice) -> str:
    word, value = dice.choice(WORDS), dice.choice(WORDS)
    shape = dice.choice(("{w}", "{w}", "{k}:{v}", '{k}:"{v}">{w}', "{w}^{v}", '"{v}"', "red"))
    return shape.format(w=word, v=value, k=dice.choice(KEYS))
