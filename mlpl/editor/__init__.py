"""What editors ask about texts that are being written, without any protocol.

Everything here answers at any place of any text: with less where the text has errors, and never
with an exception but those that a function's docstring names.
"""
