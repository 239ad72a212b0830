"""Programs compiled into exact neural-network weights."""
