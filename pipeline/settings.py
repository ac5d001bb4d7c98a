"""What a user may choose: from the environment and the library's own file, checked once."""

import tomllib
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ingest.location import is_remote

PREFIX = "CLIPSEEK_"
FILE_NAME = "clipseek.toml"
DEFAULT_LIBRARY = Path("clipseek-library")
MAX_LABELS = 200
MAX_LABEL_CHARACTERS = 100
"""Words or a short phrase; a sentence is a query, not a label."""


class SettingsError(Exception):
    """The settings cannot be used: one line per reason, each naming the setting."""


class Settings(BaseSettings):
    """All choices. Earlier wins: argument, environment, ``<library>/clipseek.toml``, default.

    The environment names are the fields' names in capitals after ``CLIPSEEK_``. Make it with
    :func:`load_settings`, which turns what pydantic says into a :class:`SettingsError`.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )

    library: Path = DEFAULT_LIBRARY
    """Folder of catalog, thumbnails and settings file."""
    milvus_uri: str | None = None
    """Milvus server, for instance ``http://127.0.0.1:19530``; None: a folder in the library."""
    broker_url: str | None = None
    """Redis-protocol server that tells workers what to do; None: that of ``clipseek up`` while
    it runs, and else no workers."""
    broker_port: int = Field(default=0, ge=0, le=65535)
    """Of ``clipseek up``; 0: any free one."""
    catalog_port: int = Field(default=0, ge=0, le=65535)
    """Of ``clipseek up``; 0: any free one."""
    page_port: int = Field(default=0, ge=0, le=65535)
    """Of the page of ``clipseek up``; 0: 8501 where that is free, else any free one."""
    page_address: str = "127.0.0.1"
    """Where the page listens; others than this machine reach it only at another address, and then
    it wants a password or a login."""
    page_password: SecretStr | None = None
    """What visitors of the page must know; None: nothing."""
    page_login: Path | None = None
    """TOML file with the section ``[auth]`` of an OpenID Connect provider, as Streamlit's
    ``st.login`` reads it; None: nobody has to log in."""
    page_people: Annotated[tuple[str, ...], NoDecode] = ()
    """Mail addresses of those who may log in, in the environment with commas between; empty:
    everybody whom the provider admits."""
    api_address: str | None = None
    """Where the HTTP interface listens; None: at 127.0.0.1, and of ``clipseek up`` only where there
    is a token. At another address than loopback it wants a token."""
    api_port: int = Field(default=0, ge=0, le=65535)
    """Of the HTTP interface; 0: 8502, or with ``clipseek up`` any free one where that is taken."""
    api_token: SecretStr | None = None
    """What programs must send to the HTTP interface; None: nothing."""
    api_folders: Annotated[tuple[Path, ...], NoDecode] = ()
    """Folders, besides those that the library watches, in which programs may have videos indexed
    over HTTP; in the environment with commas between."""
    upload_gigabytes: float = Field(default=10.0, gt=0)
    """Largest file that the page takes from a browser."""
    encoder: str = "compact"
    """Model that makes the embeddings: ``compact``, or ``openclip/<model>/<pretrained>``, where
    `pretrained` is a tag of published weights or the path of a file of weights."""
    frames_per_second: float = Field(default=2.0, gt=0, le=60)
    """How many frames of each second of video the encoder sees."""
    clip_max_seconds: float = Field(default=8.0, gt=0, le=600)
    """Longer shots are split."""
    clip_min_seconds: float = Field(default=1.0, gt=0)
    """Shorter shots are joined to a neighbour."""
    segment_seconds: float = Field(default=300.0, gt=0)
    """Longer videos are divided at key frames into parts of about this length, each of which is
    decoded and described by itself; clips end there."""
    labels: Annotated[tuple[str, ...], NoDecode] = ()
    """Words or phrases that clips are labelled with from then on, where they seem to fit; in the
    environment with commas between."""

    @property
    def thumbnails(self) -> Path:
        """Folder with one picture per clip."""
        return self.library / "thumbnails"

    @property
    def uploads(self) -> Path:
        """Folder with the videos that were sent from browsers."""
        return self.library / "uploads"

    @field_validator("labels", "page_people", "api_folders", mode="before")
    @classmethod
    def _split_at_commas(cls, listed: object) -> object:
        return listed.split(",") if isinstance(listed, str) else listed

    @field_validator("page_people")
    @classmethod
    def _people_compare(cls, people: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(person.strip().lower() for person in people if person.strip())

    @field_validator("api_folders")
    @classmethod
    def _folders_are_places(cls, folders: tuple[Path, ...]) -> tuple[Path, ...]:
        if not all(folder.is_absolute() or is_remote(folder) for folder in folders):
            raise ValueError("each folder needs its full path")
        return folders

    @field_validator("labels")
    @classmethod
    def _labels_are_short(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(dict.fromkeys(" ".join(label.split()) for label in labels))
        if any(not 0 < len(label) <= MAX_LABEL_CHARACTERS for label in plain):
            raise ValueError(f"each label needs 1 to {MAX_LABEL_CHARACTERS} characters")
        if len(plain) > MAX_LABELS:
            raise ValueError(f"at most {MAX_LABELS} labels are allowed")
        return plain

    @model_validator(mode="after")
    def _lengths_agree(self) -> "Settings":
        if self.clip_min_seconds * 2 > self.clip_max_seconds:
            raise ValueError("clip_max_seconds must be at least twice clip_min_seconds")
        if self.segment_seconds < self.clip_max_seconds:
            raise ValueError("segment_seconds must be at least clip_max_seconds")
        if self.clip_min_seconds * self.frames_per_second < 1:
            raise ValueError("frames_per_second must be at least 1 / clip_min_seconds")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # Where the file lies depends on the sources that win over it.
        library = init_settings().get("library") or env_settings().get("library")
        file = Path(library or DEFAULT_LIBRARY) / FILE_NAME
        try:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise SettingsError(f"{file}: cannot be read: {error}; correct the file") from error


def load_settings(library: Path | None = None) -> Settings:
    """Gather and check the settings; `library` wins over the environment.

    Raises :class:`SettingsError` with one line per reason.
    """
    try:
        return Settings() if library is None else Settings(library=library)
    except ValidationError as error:
        raise SettingsError("\n".join(map(_reason, error.errors()))) from error


def _reason(problem: ErrorDetails) -> str:
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    return f"{'.'.join(map(str, problem['loc']))}: {message}, got {problem['input']!r}"
