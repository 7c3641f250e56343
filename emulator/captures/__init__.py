"""Recorded payloads: finding and reading their files, in bulk and with several processes if there are many."""
