"""Okta's inline hooks: the types, their requests, what may be answered, and what Okta does with an answer (I1-I16)."""
