"""Sustained deliveries with a verdict, and the rehearsal of an outage: schedules and statistics are pure, one file sends."""
