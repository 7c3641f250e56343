"""The version, in one place: the build reads this file, and so does ``okta-hooks --version``."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
