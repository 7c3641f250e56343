"""The two expression languages of Okta's APIs: event hook filters, and the SCIM filters of its lists."""
