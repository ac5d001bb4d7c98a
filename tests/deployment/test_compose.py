"""The compose file is valid, keeps its secrets, and publishes nothing that it should not."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import Settings, SettingsError
from search_ui.api.access import token_of
from tests.deployment.compose_file import (
    FILE,
    ROOT,
    MissingVariableError,
    example_variables,
    load,
    named_variables,
)

SECRETS = {
    "REDIS_PASSWORD": "secret1",
    "MINIO_PASSWORD": "secret2",
    "MILVUS_PASSWORD": "secret3",
    "PAGE_PASSWORD": "secret4",
}


@pytest.fixture
def compose() -> dict[str, Any]:
    return load(example_variables() | SECRETS)


def check_schema(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    return subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)


def test_the_file_follows_the_compose_specification(tmp_path: Path) -> None:
    checked = check_schema(FILE)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    spoiled = tmp_path / "docker-compose.yml"
    spoiled.write_text(FILE.read_text().replace("healthcheck:", "heathcheck:", 1))
    assert check_schema(spoiled).returncode == 1


def test_it_does_not_run_without_secrets() -> None:
    with pytest.raises(MissingVariableError):
        load(example_variables())
    assert "secret" not in FILE.read_text().replace("the secrets", "")


@pytest.mark.parametrize("secret", sorted(SECRETS))
def test_each_secret_is_wanted_and_used(secret: str) -> None:
    with pytest.raises(MissingVariableError, match=secret):
        load(example_variables() | SECRETS | {secret: ""})
    assert SECRETS[secret] in str(load(example_variables() | SECRETS)["services"])


def test_milvus_and_the_page_want_a_password(compose: dict[str, Any]) -> None:
    milvus = compose["services"]["milvus"]["environment"]
    assert milvus["COMMON_SECURITY_AUTHORIZATIONENABLED"] == "true"
    password = milvus["COMMON_SECURITY_DEFAULTROOTPASSWORD"]
    for name in ("writer", "worker-cpu", "worker-gpu", "ui", "api", "clipseek"):
        environment = compose["services"][name]["environment"]
        assert environment["CLIPSEEK_MILVUS_URI"] == f"http://root:{password}@milvus:19530"
    assert compose["services"]["ui"]["environment"]["CLIPSEEK_PAGE_PASSWORD"] == "secret4"


def test_the_example_names_every_variable_and_no_other() -> None:
    example = example_variables()
    assert set(example) == set(named_variables())
    passwords = [name for name in example if re.search("PASSWORD|SECRET|TOKEN", name)]
    assert [example[name] for name in passwords] == [""] * len(passwords)


def test_the_interface_for_programs_is_asked_for_and_wants_a_token() -> None:
    service = load(example_variables() | SECRETS | {"API_TOKEN": "secret5"})["services"]["api"]
    assert service["profiles"] == ["api"]
    assert service["environment"]["CLIPSEEK_API_TOKEN"] == "secret5"
    with_none = load(example_variables() | SECRETS)["services"]["api"]["environment"]
    chosen = {n.removeprefix("CLIPSEEK_").lower(): v for n, v in with_none.items() if "_API_" in n}
    with pytest.raises(SettingsError, match="CLIPSEEK_API_TOKEN"):
        token_of(Settings(**chosen | {"api_token": None}))


def test_only_the_page_and_that_are_published(compose: dict[str, Any]) -> None:
    services = compose["services"]
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {
        "ui": ["127.0.0.1:8501:8501"],
        "api": ["127.0.0.1:8502:8502"],
    }
    assert compose["networks"]["inside"] == {"internal": True}
    assert all("inside" in service["networks"] for service in services.values())
    foreign = [s for s in services.values() if "build" not in s]
    assert all(service["networks"] == ["inside"] for service in foreign)


def test_everything_is_watched_and_waits_for_what_it_needs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name
        for needed, condition in service.get("depends_on", {}).items():
            assert needed in compose["services"]
            assert condition == {"condition": "service_healthy"}


def test_what_must_outlive_a_container_is_on_a_volume(compose: dict[str, Any]) -> None:
    kept = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service["volumes"]
        if not volume.startswith((".", "/"))
    }
    assert kept == set(compose["volumes"])


def test_versions_are_stated(compose: dict[str, Any]) -> None:
    images = [s["image"] for s in compose["services"].values() if "build" not in s]
    assert len(images) == 4
    assert all(re.search(r":\S*\d", image) for image in images)


def test_there_is_one_writer_and_workers_for_both_kinds_of_machine(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    assert services["writer"]["deploy"]["replicas"] == 1
    assert services["writer"]["command"][-2] == "catalog"
    assert services["worker-cpu"]["profiles"] == ["cpu"]
    assert services["worker-cpu"]["deploy"]["replicas"] == "2"
    gpu = services["worker-gpu"]["deploy"]["resources"]["reservations"]["devices"][0]
    assert (gpu["driver"], gpu["capabilities"]) == ("nvidia", ["gpu"])


def test_the_image_holds_every_package() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    allowed = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {name.partition(".")[0] for name in project["tool"]["setuptools"]["packages"]}
    assert copied == packages
    assert allowed - {"LICENSE"} == packages


def test_the_image_has_the_torch_that_the_package_wants() -> None:
    wanted = re.findall(r'"(torch(?:vision)?==[^"]+)"', (ROOT / "pyproject.toml").read_text())
    assert len(wanted) == 2
    assert all(f" {pin}" in (ROOT / "Dockerfile").read_text() for pin in wanted)
