"""A step of the set-up: done once, shown, and plain about what went wrong."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.setup.conftest import eventually, processes_in
from tools.steps import Show, Step, StepFailed, call, do_all, doing

ROOT = Path(__file__).resolve().parents[2]

PIP_WITHOUT_NETWORK = """\
WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError: Failed to establish a new connection'
ERROR: Could not find a version that satisfies the requirement quart==0.22.0 (from versions: none)
ERROR: No matching distribution found for quart==0.22.0
"""


class Counted:
    """Work that counts how often it was done."""

    def __init__(self, fails_with: Exception | None = None) -> None:
        self.times = 0
        self.fails_with = fails_with

    def __call__(self, show: Show) -> None:
        self.times += 1
        if self.fails_with:
            raise self.fails_with


def a_step(folder: Path, work: Counted, words: tuple[str, ...] = ()) -> Step:
    listed = folder / "list.txt"
    listed.touch()
    return Step("Python packages", folder / ".stamp", work, files=(listed,), words=words)


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    work = Counted()
    assert do_all([a_step(tmp_path, work)]) and do_all([a_step(tmp_path, work)])
    assert work.times == 1


def test_a_changed_file_makes_it_due_again(tmp_path: Path) -> None:
    work = Counted()
    assert do_all([a_step(tmp_path, work)])
    (tmp_path / "list.txt").write_text("one more")
    assert do_all([a_step(tmp_path, work)])
    assert work.times == 2


def test_another_place_or_python_makes_it_due_again(tmp_path: Path) -> None:
    work = Counted()
    assert do_all([a_step(tmp_path, work, ("3.11",))]) and do_all([a_step(tmp_path, work, ("3.13",))])
    assert work.times == 2


def test_what_failed_is_tried_again_and_nothing_after_it_is_done(tmp_path: Path) -> None:
    broken, after = Counted(StepFailed("")), Counted()
    later = Step("Browser libraries", tmp_path / ".later", after)
    assert not do_all([a_step(tmp_path, broken), later])
    assert not do_all([a_step(tmp_path, broken), later])
    assert (broken.times, after.times) == (2, 0)


def test_name_and_time_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    do_all([a_step(tmp_path, Counted())])
    assert re.search(r"Python packages · \d+\.\d s · done", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("trouble", "remedy"),
    [
        (StepFailed(PIP_WITHOUT_NETWORK), "no package registry could be reached: check network"),
        (StepFailed("npm error code EAI_AGAIN"), "no package registry could be reached: check network"),
        (StepFailed("npm error code SELF_SIGNED_CERT_IN_CHAIN"), "check network, proxy and certificates"),
        (StepFailed("npm error code UNABLE_TO_VERIFY_LEAF_SIGNATURE CERT_HAS_EXPIRED"), "proxy and certificates"),
        (StepFailed("npm error code FETCH_ERROR\nnpm error network timeout at: …"), "no package registry could be"),
        (StepFailed("ERROR: No matching distribution found for x==1"), "the registry lacks a pinned version"),
        (StepFailed("The virtual environment was not created: ensurepip is not available."), "python3-venv"),
        (StepFailed("npm error ENOSPC: no space left"), "the disk is full: free about 2 GB"),
        (OSError(28, "No space left on device", ".venv"), "the disk is full: free about 2 GB"),
        (OSError(30, "Read-only file system", ".venv"), "this disk is read-only: copy the project to another"),
        (OSError(13, "Permission denied", ".venv"), "this folder cannot be written: make it yours"),
        (StepFailed("something never seen"), "what the tool said stands above"),
    ],
)
def test_a_failure_names_the_step_and_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], trouble: Exception, remedy: str
) -> None:
    assert not do_all([a_step(tmp_path, Counted(trouble))])
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("Set-up stopped at “Python packages”: ") and remedy in last


def test_ctrl_c_is_told_and_the_next_start_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(show: Show) -> None:
        raise KeyboardInterrupt

    step = Step("Browser libraries", tmp_path / ".stamp", interrupted)
    assert not do_all([step]) and not step.is_done()
    assert "Stopped during “Browser libraries”" in capsys.readouterr().err


def test_a_tool_that_fails_is_quoted(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('Read-only file system'); sys.exit(3)"]
    with pytest.raises(StepFailed, match="this disk is read-only") as failed:
        call(Show("x"), command, cwd=tmp_path)
    assert "Read-only file system" in failed.value.output


async def test_a_tool_ends_with_the_set_up_that_was_killed(tmp_path: Path) -> None:
    tool = [sys.executable, "-c", "import signal; print('Collecting it', flush=True); signal.pause()"]
    code = f"""
from pathlib import Path
from tools.steps import Show, call
class Told(Show):
    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if value == "it":
            print(flush=True)
call(Told("x"), {tool!r}, cwd=Path({str(tmp_path)!r}))
"""
    _kill_at_its_first_line([sys.executable, "-c", code], tmp_path)
    await eventually(lambda: _none_in(tmp_path))


def _kill_at_its_first_line(command: list[str], folder: Path) -> None:
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as set_up:
        assert set_up.stdout and set_up.stdout.readline()
        assert processes_in(folder) != []  # premise
        set_up.kill()


async def _none_in(folder: Path) -> None:
    assert processes_in(folder) == []


def test_a_tool_shows_what_it_is_at(tmp_path: Path) -> None:
    show = Show("Python packages")
    call(show, [sys.executable, "-c", "print('Collecting quart==0.22.0 (from -r …)')"], cwd=tmp_path)
    assert show.now == "quart"


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("  Downloading orjson-3.13.0-cp311.whl (130 kB)", "orjson-3.13.0-cp311.whl"),
        ("Installing collected packages: a, b", "installing"),
        ("npm http fetch GET 200 https://registry.test/esbuild/-/esbuild-0.28.2.tgz 40ms", "esbuild-0.28.2.tgz"),
        ("npm http fetch GET https://registry.test/x attempt 1 failed with FETCH_ERROR", "no answer, asking again"),
        ("WARNING: Retrying (Retry(total=1, connect=None)) after connection broken", "no answer, asking again"),
        ("added 70 packages in 9s", ""),
    ],
)
def test_a_tools_words_are_shortened(line: str, meaning: str) -> None:
    assert doing(line) == meaning
