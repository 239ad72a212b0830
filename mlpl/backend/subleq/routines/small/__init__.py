"""Runtime routines in few cells: loops."""
