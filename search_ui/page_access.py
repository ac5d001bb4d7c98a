"""Who may reach the page: this machine, or others behind a password or a login."""

import importlib.util
import ipaddress

from pipeline.settings import Settings, SettingsError

LEAST_PASSWORD_CHARACTERS = 8
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""By what a program on this machine calls a server that only it can reach."""


def is_protected(settings: Settings) -> bool:
    """Whether visitors have to show who they are."""
    return settings.page_password is not None or settings.page_login is not None


def require_protection(settings: Settings) -> None:
    """Raise ``SettingsError`` where anybody could reach the page, or nobody could log in."""
    if not is_protected(settings) and not is_loopback(settings.page_address):
        raise SettingsError(
            f"page_address: at {settings.page_address!r} others can reach the page; set "
            "CLIPSEEK_PAGE_PASSWORD, or page_login for OpenID Connect, or leave it at 127.0.0.1"
        )
    if settings.page_password is not None and (
        len(settings.page_password.get_secret_value()) < LEAST_PASSWORD_CHARACTERS
    ):
        raise SettingsError(
            f"page_password: it is too short; take at least {LEAST_PASSWORD_CHARACTERS} characters"
        )
    if settings.page_login is not None:
        _require_login(settings)


def _require_login(settings: Settings) -> None:
    if settings.page_login is not None and not settings.page_login.is_file():
        raise SettingsError(f"page_login: there is no file {settings.page_login}; check the name")
    if importlib.util.find_spec("authlib") is None:
        raise SettingsError(
            "page_login: logging in needs more packages; install them with: "
            "pip install 'clipseek[login]'"
        )


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
