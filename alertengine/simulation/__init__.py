"""Winters decided day by day, forecasts that err, backtests, plans that close the gap, the same on a cluster."""
