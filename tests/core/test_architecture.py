"""The imports in the code are the arrows in ARCHITECTURE.md: they point down."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# From the bottom up; a layer may import itself and what stands before it.
LAYERS = ["base", "contract", "captures", "payloads", "delivery", "org", "apis", "runner", "checks", "load", "reports", "console",
          "cli", "plugin"]  # fmt: skip
BASE = {"door", "errors", "names", "resources", "secrets", "version", "visible"}
RECEIVER_MAY_USE = {"receiver", "base", "contract"}
MAY_USE_RECEIVER = {"runner", "checks", "load", "reports", "cli", "plugin"}
# What the pure layers never import at module level or below: clocks, sockets, processes, global random state.
IMPURE = {"socket", "time", "random", "requests", "http", "urllib3", "subprocess", "threading", "os"}
PURE = ("emulator/contract", "emulator/payloads", "emulator/delivery/attempts.py", "emulator/delivery/verification.py",
        "emulator/delivery/doctor", "emulator/delivery/exchange.py", "emulator/delivery/http1.py")  # fmt: skip

pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="reads the checkout's own files")


def imports(path: Path, *, runtime_only: bool = False) -> Iterator[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if runtime_only and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)


def layer(module: str) -> str:
    parts = module.split(".")
    if parts[0] == "receiver":
        return "receiver"
    if parts[0] == "pytest_okta_hooks":
        return "plugin"
    if len(parts) == 1 or parts[1] in {"__main__", "testing"}:
        return "plugin"
    return "base" if parts[1] in BASE else parts[1]


def sources() -> list[Path]:
    return sorted([*ROOT.glob("emulator/**/*.py"), *ROOT.glob("receiver/**/*.py"), ROOT / "pytest_okta_hooks.py"])


def wrong_arrows() -> Iterator[str]:
    for path in sources():
        relative = path.relative_to(ROOT)
        home = layer(".".join(relative.with_suffix("").parts).removesuffix(".__init__"))
        for line, module in imports(path):
            if module.split(".")[0] not in {"emulator", "receiver"} or module == "emulator":
                continue
            target = layer(module)
            if home == "receiver":
                allowed = target in RECEIVER_MAY_USE
            elif target == "receiver":
                allowed = home in MAY_USE_RECEIVER
            else:
                allowed = LAYERS.index(target) <= LAYERS.index(home)
            if not allowed:
                yield f"{relative}:{line}: {home} imports {module}"


def test_arrows_point_down() -> None:
    assert list(wrong_arrows()) == []


def test_the_pure_core_knows_no_clock_socket_or_process() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {module}"
        for path in sources()
        if str(path.relative_to(ROOT)).startswith(PURE)
        for line, module in imports(path, runtime_only=True)
        if module.split(".")[0] in IMPURE
    ]

    assert found == []


def test_the_drawing_names_every_layer() -> None:
    drawing = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

    assert [name for name in [*LAYERS[1:-1], "receiver"] if f"`{name}`" not in drawing] == []


@pytest.mark.parametrize("package", ["emulator", "receiver"])
def test_public_names_are_sorted_and_real(package: str) -> None:
    module = __import__(package)

    assert list(module.__all__) == sorted(module.__all__)
    assert all(getattr(module, name) is not None for name in module.__all__)
