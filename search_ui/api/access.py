"""Who may reach the HTTP interface: this machine, or others with the token."""

from pipeline.settings import Settings, SettingsError
from search_ui.page_access import is_loopback

LEAST_TOKEN_CHARACTERS = 16
LOOPBACK = "127.0.0.1"


def address_of(settings: Settings) -> str:
    """Where the interface listens."""
    return settings.api_address or LOOPBACK


def token_of(settings: Settings) -> str | None:
    """What programs must send; None: nothing.

    Raises ``SettingsError`` where the token can be guessed, or anybody could reach the interface.
    """
    token = None if settings.api_token is None else settings.api_token.get_secret_value()
    if token is None and not is_loopback(address_of(settings)):
        raise SettingsError(
            f"api_address: at {settings.api_address!r} others can reach the interface; set "
            "CLIPSEEK_API_TOKEN, or leave it at 127.0.0.1"
        )
    if token is not None and len(token) < LEAST_TOKEN_CHARACTERS:
        raise SettingsError(
            f"api_token: it is too short; take at least {LEAST_TOKEN_CHARACTERS} characters, "
            "for instance of: openssl rand -hex 24"
        )
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise SettingsError("api_token: it needs letters, digits and signs that a header may hold")
    return token
