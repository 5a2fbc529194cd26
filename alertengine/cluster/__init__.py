"""Past one machine: orders and seasons on a Dask cluster, the same bytes as on one machine."""
