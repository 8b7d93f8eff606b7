"""`portico`: what the Procfile and the Makefile call."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from models.core.settings import SettingsError, settings
from server.ending import end
from server.starting import nothing_collected


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. A wrong setting is one sentence, not a trace."""
    options = _parser().parse_args(arguments)
    try:
        settings()
        code = int(COMMANDS[options.command](options) or 0)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `portico routes | head` has read enough
        return 0
    except (SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except Exception as error:
        told = _of_the_database(error) if options.command in ON_THE_DATABASE else None
        if told is None:
            raise
        print(told, file=sys.stderr)
        return 2


def run() -> NoReturn:
    """`portico`: one command, and the end of this process."""
    end(main())


def _of_the_database(error: Exception) -> str | None:
    """What a person can do about it, when the database is away or refuses us; None for a fault of our own."""
    import asyncpg

    from models.core.database import AWAY

    refusals = (
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
        asyncpg.InsufficientPrivilegeError,
        asyncpg.RaiseError,
    )
    if isinstance(error, refusals):
        return f"PostgreSQL refuses ({error.message}): see DATABASE_URL and DATABASE_OWNER_URL."
    if isinstance(error, AWAY):
        return f"PostgreSQL does not answer at DATABASE_URL ({type(error).__name__}): start it, or mend the address."
    return None


def _serve(_: argparse.Namespace) -> int | None:
    from server.serve import serve

    return serve()


def _worker(_: argparse.Namespace) -> int | None:
    with nothing_collected():
        from server.doctor import Unhealthy
        from server.worker import run_worker

    if settings().database_url is None:
        raise ValueError("DATABASE_URL is not set; `make run` starts a local PostgreSQL and sets it.")
    try:
        asyncio.run(run_worker())
    except Unhealthy as refused:
        raise ValueError(str(refused)) from None
    return 0


def _migrate(_: argparse.Namespace) -> None:
    from models.core.migrating import bring_up

    asyncio.run(bring_up(settings()))
    print("The database has its newest shape.")


def _seed(options: argparse.Namespace) -> None:
    from server.worlds import seed

    print(asyncio.run(seed(options.world)))


def _make_administrator(options: argparse.Namespace) -> None:
    from server.shell import make_administrator

    print(asyncio.run(make_administrator(options.practice, options.email)))


def _reset_second_factor(options: argparse.Namespace) -> None:
    from server import wiring
    from server.shell import reset_second_factor

    wiring.wire()  # the mail about it hangs on the event
    print(asyncio.run(reset_second_factor(options.practice, options.email)))


def _routes(_: argparse.Namespace) -> None:
    from server import wiring
    from server.overview import routes

    wiring.wire()
    print(routes())


def _doctor(_: argparse.Namespace) -> int:
    from server.doctor import examine

    return asyncio.run(examine())


def _retry(_: argparse.Namespace) -> None:
    import asyncpg

    from models.core.queue import call_again

    async def again() -> int:
        connection = await asyncpg.connect(settings().direct_url)
        try:
            return await call_again(connection)
        finally:
            await connection.close()

    print(f"{asyncio.run(again())} jobs start over.")


def _verify(options: argparse.Namespace) -> int:
    from server.verify import verify

    return asyncio.run(verify(options.subdomain))


def _restored(options: argparse.Namespace) -> None:
    from server.restored import restored

    print(asyncio.run(restored(options.subdomain)))


def _wire(_: argparse.Namespace) -> None:
    from realtime.wire import javascript
    from server import wiring

    wiring.wire()
    (Path(__file__).parent.parent / "static" / "js" / "wire.js").write_text(javascript())


COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "serve": _serve,
    "worker": _worker,
    "migrate": _migrate,
    "seed": _seed,
    "make-administrator": _make_administrator,
    "reset-second-factor": _reset_second_factor,
    "routes": _routes,
    "doctor": _doctor,
    "retry": _retry,
    "verify": _verify,
    "restored": _restored,
    "wire": _wire,
}
ON_THE_DATABASE = ("worker", "migrate", "seed", "verify", "restored", "make-administrator", "reset-second-factor")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("portico", description="The client portal of a practice, live in every browser.")
    commands = parser.add_subparsers(dest="command", required=True)
    helps = {
        "serve": "start the web workers",
        "worker": "run jobs and timers",
        "migrate": "bring the database up to date",
        "seed": "make a world",
        "make-administrator": "make a member of a practice's team an administrator",
        "reset-second-factor": "take a lost second factor from a member of a practice's team",
        "routes": "list every door and ask with whom it allows",
        "doctor": "look for what is wrong",
        "retry": "let jobs that gave up start over",
        "verify": "walk the chains of changes and looks; 1 when one is broken",
        "restored": "say that a backup was put back, so that every page begins anew",
        "wire": "write static/js/wire.js anew",
    }
    for name, text in helps.items():
        command = commands.add_parser(name, help=text)
        if name in ("make-administrator", "reset-second-factor"):
            command.add_argument("practice", help="its subdomain")
            command.add_argument("email", help="what the member signs in with")
        if name == "seed":
            command.add_argument("--world", choices=["demo", "empty", "load"], default="demo")
        if name in ("verify", "restored"):
            command.add_argument("subdomain", nargs="?", default="", help="one practice alone")
    return parser


if __name__ == "__main__":
    run()
