"""Write ``schemas/scenario.schema.json`` from what the scenario reader knows: run it after changing a step verb."""

from __future__ import annotations

import json
from pathlib import Path

from emulator.runner.schema import scenario_schema

if __name__ == "__main__":
    path = Path(__file__).parent.parent / "schemas" / "scenario.schema.json"
    path.write_text(json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {path}")
