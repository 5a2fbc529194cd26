"""What a grading would have done over years of observations, against what was done."""
