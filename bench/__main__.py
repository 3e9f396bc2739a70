"""`make bench`: what the platform does under load, on both engines, beside plain SQL or the physical limit.

`make bench ARGS="--only pages --persons 20000 --events 200000"` for a quicker look; `--help` for the rest.
"""

import sys

from bench.command import main

if __name__ == "__main__":
    sys.exit(main())
