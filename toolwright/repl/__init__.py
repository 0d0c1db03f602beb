"""The prompt: lines typed at a terminal, or piped in, go out one by one to whoever runs them."""
