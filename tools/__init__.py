"""What `make` calls. Only Python's own library: it runs before anything is installed."""
