"""What a tool declares and what the user allows -> what one call may touch, or why it may not run."""
