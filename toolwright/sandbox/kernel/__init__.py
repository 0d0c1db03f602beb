"""Linux's own means of confinement by ctypes: each module one kind, each failure a KernelError."""
