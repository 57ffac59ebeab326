"""The calculation: pure functions over NumPy arrays, without storage, clock or settings.

Nothing here imports more than NumPy and the standard library. The same rows give the same figures in whatever
order or in whatever chunks they come.
"""
