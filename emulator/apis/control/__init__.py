"""The control plane, ``/_emulator/...``: what tests need and no org has; one file per concern, found by itself."""
