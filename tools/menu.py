"""`make <word>`: see to what is missing, then become the one thing that the word stands for.

This file alone keeps to old syntax (3.6 will do, hence the quoted types), so that an old Python can say what is wrong
instead of failing on a line of it.
"""

import os
import shutil
import sys

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
WORDS = {
    "setup": [],
    "run": ["-m", "server.run"],
    "seed": ["-m", "server.run", "seed"],
    "check": ["-m", "tools.checks", "check"],
    "test": ["-m", "tools.checks", "test"],
    "bench": ["-m", "tests.bench"],
    "faults": ["-m", "tests.faults"],
    "test-services": ["-m", "tools.checks", "test-services"],
}
WITH_BROWSER = ("test", "bench", "faults", "test-services")


def main(argv: "list[str]") -> "int | str":
    if sys.version_info < OLDEST:
        use_a_newer_python()
    if len(argv) < 2 or argv[1] not in WORDS:
        return "Say one of: make " + ", make ".join(WORDS)
    from tools import setup  # only now: the newer syntax begins here

    if not setup.complete(browser=argv[1] in WITH_BROWSER):
        return 1
    if not WORDS[argv[1]]:
        return 0
    # The house starts many processes; each would compile two thousand modules for itself.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.stdout.flush()
    return os.execv(str(setup.PYTHON), [str(setup.PYTHON), *WORDS[argv[1]], *argv[2:]])


def use_a_newer_python() -> None:
    for name in NEWER:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, "-m", "tools.menu", *sys.argv[1:]])
    wanted = ".".join(str(part) for part in OLDEST)
    this = sys.version.split()[0]
    sys.exit(f"Portico needs Python {wanted} or newer, this is {this}: say `make PYTHON=/path/to/python3`.")


if __name__ == "__main__":
    sys.exit(main(sys.argv))
