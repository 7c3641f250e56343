"""The promises of Okta's event hook contract that a receiver keeps, one file for each chapter."""
