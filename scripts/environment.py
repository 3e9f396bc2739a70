"""The environment in .venv: made from the hashed locks, and made again when they change or an earlier try broke off.

Standard library only: it runs before anything is installed. By hand: `scripts/with-python scripts/environment.py test`.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "lgnet-environment.json"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}  # test holds all of run
UV_LOCK = ROOT / "requirements-uv.lock"


class SetUpError(Exception):
    """Something a person has to put right; the message is one line that says what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal, at once, even through a pipe."""
    print(text, flush=True)


def ensure(level: str) -> Path:
    """Return the Python of an environment that holds at least `level` ("run" or "test"), installing what is missing.

    An environment of other locks, another Python or another folder, and one that was never finished, is made anew.
    A complete one for "run" is only added to, so that a server running from it is not disturbed. Raises SetUpError.
    """
    if _is_ready(level):
        return PYTHON
    _need_modules()
    with _one_at_a_time():
        if not _is_ready(level):
            if not _is_ready("run"):
                _make_empty()
            _install(level)
    return PYTHON


def _fingerprint() -> str:
    """Return a hash of all that decides what has to be in the environment."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    own = {key: project["project"].get(key) for key in ("name", "version", "scripts", "requires-python")}
    parts = [str(ROOT), sys.version, os.path.realpath(sys.base_prefix), json.dumps(own, sort_keys=True)]
    parts += [lock.read_text("utf-8") for lock in LOCKS.values()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _is_ready(level: str) -> bool:
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return (
        PYTHON.exists()
        and stamp.get("fingerprint") == _fingerprint()
        and (level == "run" or stamp.get("level") == level)
    )


def _need_modules() -> None:
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetUpError(
            f"{sys.executable} has no venv module: install it (on Debian and Ubuntu: "
            f"apt-get install python{version}-venv), then run make again."
        )


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold off a second set-up in the same folder until this one is done."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "environment.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another set-up in this folder to end ...")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _make_empty() -> None:
    say(f"Creating the environment in {VENV.name} (Python {sys.version.split()[0]}) ...")
    STAMP.unlink(missing_ok=True)
    base = getattr(sys, "_base_executable", None) or sys.executable  # we may run in the very environment to be cleared
    done = subprocess.run([base, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetUpError(
            f"The environment could not be created ({_last_line(done.stdout + done.stderr)}): "
            f"remove {VENV} and run make again; on Debian and Ubuntu python3-venv has to be installed."
        )


def _install(level: str) -> None:
    """Install the lock, then the project itself, with uv or, where that does not go, with pip; then write the stamp.

    LGNET_INSTALLER=pip leaves uv out.
    """
    lock = LOCKS[level]
    count = sum(line[:1].isalnum() for line in lock.read_text("utf-8").splitlines())
    say(f"Installing {count} packages from {lock.name} ...")
    locked = ["--require-hashes", "--requirement", str(lock)]
    own = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]  # flit_core comes with the lock
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
    if os.environ.get("LGNET_INSTALLER") == "pip" or _error_of(
        [*pip, "--only-binary=:all:", "--require-hashes", "--requirement", str(UV_LOCK)], [*uv, *locked], [*uv, *own]
    ):
        say("Installing with pip, which takes about a minute ...")
        if error := _error_of([*pip, *locked], [*pip, *own]):
            raise SetUpError(
                f"The packages could not be installed ({error}): check the connection to the package index "
                "(PIP_INDEX_URL names another), then run make again."
            )
    STAMP.write_text(json.dumps({"fingerprint": _fingerprint(), "level": level}), "utf-8")


def _error_of(*commands: list[str]) -> str:
    """Run installers, with pip's settings handed on to uv, up to the first that fails; return its last line, or ""."""
    env = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
    for theirs, ours in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if os.environ.get(theirs):
            env.setdefault(ours, os.environ[theirs])
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            return _last_line(done.stdout + done.stderr)
    return ""


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no reason given")


def main() -> int:
    """Make the environment named on the command line; return the exit code."""
    try:
        ensure(sys.argv[1] if len(sys.argv) > 1 else "run")
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error}: put that right, then run make again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; run make again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
