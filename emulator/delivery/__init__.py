"""Verification and delivery as pure decisions, and the one transport that acts on them."""
