"""Measures reports on sealed data against plain SQL, side by side in one run. Run it with `make bench`."""
