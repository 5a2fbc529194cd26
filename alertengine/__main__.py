"""``python -m alertengine``: the command line where its script is not on the path."""

from alertengine.cli import main

if __name__ == "__main__":
    main()
