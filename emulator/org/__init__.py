"""One fake Okta org: its state behind one lock, and the engine that delivers what happens in it."""
