"""What happened before: today the plans that ran well, so that the same goal costs nothing again."""
