"""
What is shipped: exactly our packages and their data, usable from any folder, however they are installed.

``tox -e dist`` builds the distributions and names their folder in OKTA_HOOKS_DIST.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

DIST = os.environ.get("OKTA_HOOKS_DIST", "")
ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not DIST, reason="OKTA_HOOKS_DIST names no folder of built distributions; run tox -e dist"),
]


def built(suffix):
    found = sorted(Path(DIST).glob(f"*{suffix}"))
    assert len(found) == 1, found
    return found[0]


@pytest.fixture(scope="module")
def wheel_names():
    with zipfile.ZipFile(built(".whl")) as wheel:
        return wheel.namelist()


def test_the_wheel_holds_our_packages_and_nothing_else(wheel_names):
    tops = {name.split("/")[0] for name in wheel_names if ".dist-info/" not in name}

    assert tops == {"emulator", "receiver", "pytest_okta_hooks.py"}


@pytest.mark.parametrize("folder", ["schemas", "scenarios"])
def test_the_wheel_holds_every_data_file_of_the_checkout(wheel_names, folder):
    tracked = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {f"emulator/_data/{name}" for name in tracked.split()} <= set(wheel_names)


def test_the_wheel_holds_the_type_marker_and_the_licence(wheel_names):
    assert {"emulator/py.typed", "receiver/py.typed"} <= set(wheel_names)
    assert any(name.endswith("licenses/LICENSE") for name in wheel_names)


def test_the_sdist_can_be_tested_by_whoever_packages_it():
    with tarfile.open(built(".tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert {
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "SECURITY.md",
        "tox.ini",
        "conftest.py",
        "tests/conftest.py",
    } <= names


def bin_folder(environment):
    return environment / ("Scripts" if os.name == "nt" else "bin")


@pytest.fixture(scope="module", params=["wheel", "editable"])
def environment(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    venv.create(folder, with_pip=True)
    what = [str(built(".whl"))] if request.param == "wheel" else ["-e", str(ROOT)]
    pip = [str(bin_folder(folder) / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *what], check=True)
    return folder


def run(arguments, *, cwd, **more):
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, timeout=60, check=False, **more)


@pytest.mark.parametrize(
    "arguments",
    [
        ["okta-hooks", "--version"],
        ["okta-receiver", "--help"],
        ["okta-hooks", "trigger", "user.lifecycle.deactivate", "--to", "http://localhost:1/", "--dry-run", "--print"],
    ],
    ids=" ".join,
)
def test_the_commands_work_from_any_folder(environment, arguments, tmp_path):
    name, *rest = arguments
    done = run([str(bin_folder(environment) / name), *rest], cwd=tmp_path)

    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert done.stdout


@pytest.mark.parametrize("folder", ["schemas", "scenarios"])
def test_the_data_is_found_from_any_folder(environment, folder, tmp_path):
    code = f"from emulator.resources import folder; print(any(folder({folder!r}).iterdir()))"
    done = run([str(bin_folder(environment) / "python"), "-c", code], cwd=tmp_path)

    assert done.stdout.strip() == "True", done.stderr


def test_a_bare_checkout_works_without_being_installed():
    """Dependencies aside: the data folders are found beside the packages."""
    done = run([sys.executable, "-m", "emulator", "validate", "--json", "-"], cwd=ROOT, input="{}")

    assert json.loads(done.stdout)["counts"]["files"] == 1
