"""Files of a register for other systems: its tables as rows, and a writer for each format."""
