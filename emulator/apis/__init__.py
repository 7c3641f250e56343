"""Okta's REST API and the emulator's control plane: thin WSGI applications over an ``Org``."""

from __future__ import annotations

from emulator.apis.app import OrgApp, create_app

__all__ = ["OrgApp", "create_app"]
