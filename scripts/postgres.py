"""A throw-away PostgreSQL for tests and benchmarks: own folder, own free port, loopback only, gone at the end.

By hand, or from the Makefile: `scripts/with-python scripts/postgres.py COMMAND ...` runs the command with DATABASE_URL
pointing at an empty database. Server programs are looked for in PATH and where the distributions put them; Debian's
package is installed when there are none and we may. PostgreSQL does not start as root: as root it runs as `postgres`
or `nobody`.
"""

import contextlib
import dataclasses
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from environment import ROOT, SetUpError, say

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
)
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}  # nothing here has to survive a crash


@contextlib.contextmanager
def throw_away() -> Iterator[str]:
    """Yield the DATABASE_URL of an empty database `lgnet` on a server that is stopped and removed afterwards.

    Raises SetUpError when no server can be found, installed or started.
    """
    programs = find_programs()
    home = Path(tempfile.mkdtemp(prefix="lgnet-postgres-", dir=_open_folder()))
    try:
        server = Server(programs, home, _account())
        if server.account:
            os.chown(home, server.account.pw_uid, server.account.pw_gid)
        server.create()
        port = server.start()
        try:
            yield f"postgres://lgnet@127.0.0.1:{port}/lgnet"
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def find_programs() -> Path:
    """Return the folder of the newest server's programs, after installing Debian's package if there is no other."""
    if found := _look():
        return found
    install_package("postgresql")
    if found := _look():
        return found
    raise SetUpError("PostgreSQL was not found: install its server (on Debian and Ubuntu: apt-get install postgresql).")


def install_package(name: str) -> None:
    """Install a Debian package when there is apt-get and we are root, or under CI may become it; else SetUpError."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    may = shutil.which("apt-get") and (not sudo or (os.environ.get("CI") and shutil.which("sudo")))
    if not may:
        raise SetUpError(f"{name} was not found: install it (on Debian and Ubuntu: apt-get install {name}).")
    say(f"Installing Debian's {name}; this may take a minute ...")
    env = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", name]):
        done = subprocess.run([*env, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SetUpError(f"{name} could not be installed ({reason}): install it by hand.")


def _look() -> Path | None:
    in_path = shutil.which("initdb") or shutil.which("postgres")
    candidates = [Path(in_path).resolve().parent] if in_path else []
    for place in PLACES:
        found = Path("/").glob(place.lstrip("/"))
        candidates += sorted(found, key=lambda path: [int(n) for n in path.parent.name.split("-") if n.isdigit()])[::-1]
    needed = ("initdb", "pg_ctl", "postgres")
    return next((path for path in candidates if all((path / name).exists() for name in needed)), None)


def _open_folder() -> str | None:
    """Return a temporary folder that another account can reach, or None for the usual one."""
    usual = Path(tempfile.gettempdir()).resolve()
    if os.geteuid() == 0 and any(not folder.stat().st_mode & 0o001 for folder in (usual, *usual.parents)):
        return "/tmp"  # noqa: S108 - the folder made in it is new and closed to others
    return None


def _account() -> pwd.struct_passwd | None:
    """Return the account that the server runs as when we are root, which it refuses to run as; else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SetUpError("PostgreSQL does not start as root, and there is no account postgres or nobody to start it as.")


@dataclasses.dataclass(frozen=True)
class Server:
    """Where the programs are, where the data goes, and as whom the programs run (None: as ourselves)."""

    programs: Path
    home: Path
    account: pwd.struct_passwd | None

    @property
    def data(self) -> str:
        """The folder of the cluster."""
        return str(self.home / "data")

    def run(self, program: str, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a server program from a folder that its account may enter."""
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        return subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.home,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": locale},
            input=text,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # Ctrl-C is for us, who then stop the server in good order
            user=self.account.pw_uid if self.account else None,
            group=self.account.pw_gid if self.account else None,
            extra_groups=[] if self.account else None,
        )

    def create(self) -> None:
        """Make the data folder and the database, or raise SetUpError."""
        done = self.run("initdb", "-D", self.data, "-U", "lgnet", "-A", "trust", "-E", "UTF8", "--no-sync")
        if not done.returncode:  # in single-user mode, which needs no client program
            done = self.run("postgres", "--single", "-D", self.data, "postgres", text="CREATE DATABASE lgnet\n")
        if done.returncode:
            raise SetUpError(f"PostgreSQL could not make its database: {' '.join(done.stderr.split())[-300:]}")

    def start(self) -> int:
        """Start on a free port and return it; one that somebody else takes in between is given up for another."""
        log = self.home / "log"
        for _attempt in range(3):
            port = free_port()
            settings = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(self.home)}
            options = " ".join(f"-c {name}={value}" for name, value in (settings | FAST).items())
            if not self.run(
                "pg_ctl", "-D", self.data, "-l", str(log), "-o", options, "-w", "-t", "60", "start"
            ).returncode:
                return port
        tail = " ".join(log.read_text("utf-8", "replace").split())[-300:] if log.exists() else "it left no log"
        raise SetUpError(f"PostgreSQL did not start: {tail}")

    def stop(self) -> None:
        """Stop at once; the data is not needed any more."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")


def free_port() -> int:
    """Return a port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop_on_termination() -> None:
    """Let the first request to end unwind like Ctrl-C, so that servers are stopped; let no other disturb that."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, stop)


def main() -> int:
    """Run the command on the command line beside a throw-away server; return its exit code.

    After `--if-possible` it runs without DATABASE_URL, and says so, when there can be no server.
    """
    stop_on_termination()
    optional = sys.argv[1:2] == ["--if-possible"]
    command = sys.argv[2:] if optional else sys.argv[1:]
    try:
        try:
            with throw_away() as url:
                return _run(command, url)
        except SetUpError as error:
            print(f"!! Without PostgreSQL: {error}" if optional else error, file=sys.stderr)
            return _run(command, None) if optional else 1
    except KeyboardInterrupt:
        return 130


def _run(command: list[str], url: str | None) -> int:
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return subprocess.run(command, cwd=ROOT, env=env | ({"DATABASE_URL": url} if url else {}), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
