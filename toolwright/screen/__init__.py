"""What people see: events, plans, reports and errors go in; text on stderr, the result on stdout come out."""
