"""Closing the gap to the required ratio: stricter measures per group at the least production loss.

``steps`` the discrete measures of practice, ``groups`` who is held to one measure, ``phases`` the
document that says them, ``effects`` what they bring (by the engine itself), ``milp`` the exact choice,
``certificate`` what was proven, ``table`` and ``run`` what a person gets.
"""
