"""Who may see the pages where a provider tells who somebody is, and the way out again."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pipeline.settings import Settings
from search_ui.page_password import SIGN_OUT
from search_ui.terminal import printable


def admitted(settings: Settings) -> bool:
    """Whether the visitor may go on; where not, say what to do instead of the page."""
    if settings.page_login is None:
        # What else is in the way stands before the server, not here.
        return True
    if not st.user.is_logged_in:
        st.title("ClipSeek")
        st.button("Log in", type="primary", on_click=st.login)
        return False
    if is_invited(st.user.to_dict(), settings.page_people):
        return True
    name = printable(str(st.user.get("email") or "This account"))
    st.error(f"{name} may not see this library; ask whoever runs it, or log in as somebody else.")
    st.button("Log out", on_click=st.logout)
    return False


def is_invited(claims: Mapping[str, object], people: Sequence[str]) -> bool:
    """Whether what a provider says of somebody fits a list of mail addresses; empty: everybody."""
    if not people:
        return True
    address = claims.get("email")
    # A provider that does not check addresses lets anybody claim any of them.
    is_own = claims.get("email_verified") is not False
    return is_own and isinstance(address, str) and address.lower() in people


def show_way_out(settings: Settings) -> None:
    """Offer to sign out, where one had to sign in."""
    if settings.page_login is not None:
        st.button("Log out", icon=":material/logout:", on_click=st.logout)
    elif settings.page_password is not None:
        st.html(f'<a class="way-out" href="{SIGN_OUT}" target="_self">Sign out</a>')
