"""Every defect of an enterprise list, by row."""
