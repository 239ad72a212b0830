"""One pass a file: each takes a module and returns a new one."""
