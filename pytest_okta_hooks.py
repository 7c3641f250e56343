"""The pytest plugin: fixtures and options for testing an event hook receiver; every import waits for its use."""
