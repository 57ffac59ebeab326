"""A fictitious municipality and benchmark registers, drawn from a seeded generator: NumPy and Shapely, no database.

The same seed gives the same municipality, whatever the day and the machine. Nothing in it is measured anywhere.
"""
