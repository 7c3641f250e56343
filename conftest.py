"""Loads the pytest plugin that this project ships, so that its own tests use it as a stranger's would."""

pytest_plugins = ["pytest_okta_hooks", "pytester"]
