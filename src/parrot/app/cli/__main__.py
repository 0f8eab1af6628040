"""`python -m parrot.app.cli`: the command without its script."""

import sys

from parrot.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
