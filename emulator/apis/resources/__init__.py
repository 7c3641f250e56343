"""The endpoints of Okta's API, one file per resource; a file here is found by itself."""
