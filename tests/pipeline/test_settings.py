"""Where settings come from, and what is said of bad ones."""

from pathlib import Path

import pytest

from pipeline.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CLIPSEEK_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def write_file(library: Path, text: str) -> None:
    library.mkdir(exist_ok=True)
    (library / "clipseek.toml").write_text(text)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert settings.library == Path("clipseek-library")
    assert settings.milvus_uri is None
    assert settings.encoder == "compact"


def test_the_argument_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEEK_LIBRARY", "from-environment")
    assert load_settings().library == Path("from-environment")
    assert load_settings(Path("argument")).library == Path("argument")


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_file(tmp_path / "films", "frames_per_second = 4\nclip_max_seconds = 20")
    monkeypatch.setenv("CLIPSEEK_FRAMES_PER_SECOND", "3")
    settings = load_settings(tmp_path / "films")
    assert (settings.frames_per_second, settings.clip_max_seconds) == (3, 20)


@pytest.mark.parametrize("how", ["default", "environment"])
def test_the_file_is_the_one_in_the_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    library = tmp_path / ("clipseek-library" if how == "default" else "elsewhere")
    write_file(library, 'milvus_uri = "http://milvus:19530"')
    if how == "environment":
        monkeypatch.setenv("CLIPSEEK_LIBRARY", str(library))
    assert load_settings().milvus_uri == "http://milvus:19530"


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPSEEK_MILVUS_URI", "")
    monkeypatch.setenv("CLIPSEEK_LIBRARY", "")
    assert load_settings().milvus_uri is None
    assert load_settings().library == Path("clipseek-library")


def test_every_reason_has_its_line(tmp_path: Path) -> None:
    write_file(tmp_path, 'frames_per_second = "many"\nclip_max_seconds = -1\ncolour = "red"')
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "frames_per_second",
        "clip_max_seconds",
        "colour",
    ]
    assert "'many'" in lines[0]
    assert "-1" in lines[1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("clip_min_seconds = 5", "at least twice clip_min_seconds"),
        ("frames_per_second = 0.5", "at least 1 / clip_min_seconds"),
    ],
)
def test_clips_that_cannot_be_cut_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    write_file(tmp_path, text)
    with pytest.raises(SettingsError, match=reason) as caught:
        load_settings(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    write_file(tmp_path, "frames_per_second == 2")
    with pytest.raises(SettingsError, match=r"clipseek\.toml: cannot be read"):
        load_settings(tmp_path)


def test_labels_come_as_a_list_or_with_commas_between(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_file(tmp_path, 'labels = ["red car", " a  fall ", "red car"]')
    assert load_settings(tmp_path).labels == ("red car", "a fall")
    monkeypatch.setenv("CLIPSEEK_LABELS", "dog, red car")
    assert load_settings(tmp_path).labels == ("dog", "red car")


def test_folders_for_programs_are_named_in_full(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLIPSEEK_API_FOLDERS", "/films,s3://bucket/films")
    assert load_settings(tmp_path).api_folders == (Path("/films"), Path("s3://bucket/films"))
    for chosen in ("films", "/films,", "/films, /more", "."):
        monkeypatch.setenv("CLIPSEEK_API_FOLDERS", chosen)
        with pytest.raises(SettingsError, match="api_folders: each folder needs its full path"):
            load_settings(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('labels = ["dog", " "]', "1 to 100 characters"),
        (f'labels = ["{"x" * 101}"]', "1 to 100 characters"),
        (f"labels = {[str(n) for n in range(201)]}", "at most 200"),
        ("labels = 3", "labels"),
    ],
)
def test_labels_that_are_none_are_refused(tmp_path: Path, text: str, reason: str) -> None:
    write_file(tmp_path, text)
    with pytest.raises(SettingsError, match=reason) as caught:
        load_settings(tmp_path)
    assert "\n" not in str(caught.value)
