"""The command line: arguments in, a result on stdout and the story on stderr, an exit code out."""
