"""Which collections hold a library: those that an alias names, and others that are being filled.

A version of a library is two collections, its clips and its videos. The alias names the clips;
the videos' name follows from that, so that moving the alias changes both at once. Requests go to
the collections themselves and never to the alias: so one that is under way when the alias moves
cannot find clips of one version with an embedding of another.
"""

import hashlib
from dataclasses import dataclass

from pymilvus import CollectionSchema, MilvusClient, MilvusException

from catalog.schema import clips_schema, videos_schema
from encoder.interface import EmbeddingSpace

ALIAS = "current_clips"
FIRST = "clips"
"""The clips of a library's first version."""

SPACE_PROPERTY = "clipseek.embedding_space"
"""The clips collection's property that names the embedding space."""
ENCODER_PROPERTY = "clipseek.encoder"
"""The property that names the encoder as the settings do; older catalogs lack it."""
BEGINNINGS_PROPERTY = "clipseek.beginnings"
"""The property of a version made with `catalog.beginnings`; older catalogs lack it."""
NOTED = "noted"


@dataclass(frozen=True)
class Version:
    """Two collections, and what their embeddings were made with."""

    clips: str
    space: EmbeddingSpace
    encoder: str
    """As the settings name it; empty where the catalog does not say."""
    notes_beginnings: bool = True
    """Whether every video that has clips has a row as well; see `catalog.beginnings`."""

    @property
    def videos(self) -> str:
        return "videos" + self.clips.removeprefix(FIRST)


def current_clips(client: MilvusClient) -> str | None:
    """Name of the clips that the alias stands for, or None where there is no catalog yet.

    A catalog from before there was an alias, or whose making was cut short, gets one.
    """
    if ALIAS not in client.list_aliases()["aliases"]:
        if not client.has_collection(FIRST):
            return None
        client.create_alias(FIRST, ALIAS)
    return named_by_alias(client)


def named_by_alias(client: MilvusClient) -> str:
    """Name of the clips that the alias, which is there, stands for."""
    return str(client.describe_alias(ALIAS)["collection_name"])


def version_at(client: MilvusClient, clips: str) -> Version:
    """What the collections with these clips hold."""
    description = client.describe_collection(clips)
    (vector,) = (f for f in description["fields"] if f["name"] == "embedding")
    properties = description["properties"]
    name = properties.get(SPACE_PROPERTY, "an unknown encoder")
    space = EmbeddingSpace(name, int(vector["params"]["dim"]))
    noted = properties.get(BEGINNINGS_PROPERTY) == NOTED
    return Version(clips, space, properties.get(ENCODER_PROPERTY, ""), notes_beginnings=noted)


def first_version(space: EmbeddingSpace, encoder: str) -> Version:
    return Version(FIRST, space, encoder)


def next_version(space: EmbeddingSpace, encoder: str) -> Version:
    """The version for a space; always of the same name, so that it is found again."""
    digest = hashlib.sha256(f"{space.name}/{space.dimension}".encode()).hexdigest()
    return Version(f"{FIRST}_{digest[:16]}", space, encoder)


def create(client: MilvusClient, version: Version) -> None:
    """Make the collections of a version, as far as they are absent."""
    # The clips come last: their presence means that the version is whole.
    _create(client, version.videos, videos_schema(), {})
    properties = {
        SPACE_PROPERTY: version.space.name,
        ENCODER_PROPERTY: version.encoder,
        BEGINNINGS_PROPERTY: NOTED,
    }
    _create(client, version.clips, clips_schema(version.space.dimension), properties)


def load(client: MilvusClient, version: Version, *, is_lite: bool) -> None:
    """Make the collections of a version ready to be searched."""
    # Lite's graph index loses most hits of a filtered search, and a scan of a library that
    # fits one machine is quick; a server chooses by the collection's size.
    index = MilvusClient.prepare_index_params()
    index.add_index(
        "embedding", index_type="FLAT" if is_lite else "AUTOINDEX", metric_type="COSINE"
    )
    for name in (version.videos, version.clips):
        if not client.list_indexes(name):
            # Not waiting for the index of an empty collection saves half a second each.
            client.create_index(name, index, sync=False)
        client.load_collection(name)


def load_current(client: MilvusClient) -> Version | None:
    """Make the version that the alias stands for ready; None where there is no catalog yet."""
    is_lite = "lite" in client.get_server_version()
    while (clips := current_clips(client)) is not None:
        try:
            version = version_at(client, clips)
            load(client, version, is_lite=is_lite)
            return version
        except MilvusException:
            # Whoever has moved the alias meanwhile drops the collections of before.
            if named_by_alias(client) == clips:
                raise
    return None


def drop_all_but(client: MilvusClient, *kept: Version) -> None:
    """Drop the collections of all other versions."""
    names = {name for version in kept for name in (version.clips, version.videos)}
    for name in client.list_collections():
        is_of_a_version = name.partition("_")[0] in (FIRST, "videos")
        if is_of_a_version and name not in names:
            client.drop_collection(name)


def _create(
    client: MilvusClient, name: str, schema: CollectionSchema, properties: dict[str, str]
) -> None:
    if not client.has_collection(name):
        client.create_collection(
            name, schema=schema, properties=properties, consistency_level="Strong"
        )
