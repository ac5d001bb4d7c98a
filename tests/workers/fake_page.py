"""The page as it is, but for the encoder that it uses."""

import runpy
from pathlib import Path

import search_ui.page
from tests.workers.fakes import install

install()
runpy.run_path(str(Path(search_ui.page.__path__[0]) / "app.py"))
