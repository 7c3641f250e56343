"""One file per chapter of promises; a new file is found by itself."""
