"""Orders and seasons on a Dask cluster, the same in every byte."""
