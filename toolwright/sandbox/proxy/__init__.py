"""The only way out of a confined cell: an HTTP(S) forward proxy in the trusted program, `serving.Proxy`."""
