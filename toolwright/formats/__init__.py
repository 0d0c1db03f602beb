"""Tools of a library -> how others describe them: OpenAI's function tools, MCP's tools, plain JSON Schema."""
