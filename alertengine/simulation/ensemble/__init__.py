"""Uncertainty: many winters under a forecast that errs, so that the answer is a distribution."""
