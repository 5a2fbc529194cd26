"""Measured data against ordered measures: findings that a person decides on."""
