"""The pages of the console; one file per subject, found by itself."""
