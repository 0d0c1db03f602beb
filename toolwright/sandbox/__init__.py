"""The only place that runs code of the library or of a candidate: `process.ProcessSandbox`."""
