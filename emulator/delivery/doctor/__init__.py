"""
The doctor: why a verification failed, with evidence and a fix in plain words.

Each way of being wrong is one function in ``network``, ``handshake``, ``statuses`` or ``bodies``, or one row in
``pages``; ``examine`` asks them all about one exchange, and ``probes`` says which further requests would tell more.
``blemishes`` looks at a success.  Pure: nothing here connects.
"""
