"""``python -m emulator`` is ``okta-hooks``."""

from emulator.cli import main

if __name__ == "__main__":
    main()
