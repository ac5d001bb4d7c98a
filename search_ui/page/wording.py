"""Foreign text in what Streamlit takes for Markdown."""

from search_ui.terminal import printable


def plain(text: str) -> str:
    """The text as Markdown that shows just that."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-!|<>$:~" else c for c in printable(text))
