"""A worker as it is, but for its encoder and the gates on its way."""

from tests.workers.fakes import install, install_gates
from workers.__main__ import main

if __name__ == "__main__":
    install()
    install_gates()
    main()
