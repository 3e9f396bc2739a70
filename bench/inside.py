"""What `engines.run_inside` starts: a function of a module of the bench, with the platform set up on a database."""

import importlib
import json
import sys

import django


def main() -> None:
    """Call `inside` of the module named first with the arguments that follow as JSON; print what it returns as JSON."""
    _name, module, arguments = sys.argv
    django.setup()
    json.dump(importlib.import_module(f"bench.{module}").inside(**json.loads(arguments)), sys.stdout)


if __name__ == "__main__":
    main()
