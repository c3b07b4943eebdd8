"""``python -m doseline``: the command line."""

from doseline.cli import main

main()
