"""How lines that no rule can tell apart are found, and which rules hold on them."""
