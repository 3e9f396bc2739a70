"""`make run`: everything from a clean clone to a served page. A second start finds it all in place."""

import os
import socket
import sys

from environment import SetUpError, ensure


def check_port(host: str, text: str) -> None:
    """Raise SetUpError unless `text` is a port on which a server can be started."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise SetUpError(f"PORT={text} is not a port: choose a number such as PORT=8001 make run.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: ignore closed connections
        try:
            probe.bind((host, int(text)))
        except PermissionError:
            raise SetUpError(f"Port {text} may not be used by this account: try PORT=8000 make run.") from None
        except OSError:
            raise SetUpError(
                f"Port {text} is in use: stop the program that uses it, or choose another with "
                f"PORT={int(text) + 1 if int(text) < 65535 else 8000} make run."
            ) from None


def main() -> int:
    """Make the environment, then hand over to its Python; return the exit code if that is not reached."""
    try:
        check_port("127.0.0.1", os.environ.setdefault("PORT", "8000"))
        python = ensure("run")
        os.execv(python, [str(python), "-m", "lgnet.prepare"])
    except SetUpError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error}: put that right, then run make again.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped; run make again to go on.", file=sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main())
