"""A plan that ran well -> one function that does all of it, and a test made from that run."""
