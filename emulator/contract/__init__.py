"""What Okta documents, as data and pure functions; imports nothing of ours but errors, names and resources."""
