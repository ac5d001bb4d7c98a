"""The page as it is, but for the encoder that it uses."""

from search_ui.page_server import main
from tests.workers.fakes import install

if __name__ == "__main__":
    install()
    main()
