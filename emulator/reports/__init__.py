"""Listeners that turn results into text, JSON and other reports."""
