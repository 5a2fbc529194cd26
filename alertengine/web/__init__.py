"""The bureau's page and the interface for other systems: thin."""
