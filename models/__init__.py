"""The tables of the register, declared once each."""
