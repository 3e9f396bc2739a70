"""The console script `lgnet`: the management commands, with the settings of this project."""

import os
import sys


def main() -> None:
    """Run the management command named on the command line, as `django-admin` would."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lgnet.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
