"""Scenarios: load a YAML file, carry its steps out, tell what happened as results and events."""
