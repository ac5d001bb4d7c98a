"""The command `clipseek` as it is, but for the encoder that it and its workers use."""

from search_ui.command_line import main
from tests.workers.fakes import install

if __name__ == "__main__":
    install()
    main()
