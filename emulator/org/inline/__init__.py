"""The inline hooks of an org: what is kept of them, their API bodies, their calls, and the flows that wait for them."""
