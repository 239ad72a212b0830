"""The formatter: one layout for every program, comments kept, meaning unchanged.

Tokens get the comments before them (`comments`), the grammar's rules make a document of them
(`layout`, with `fragment`, `chains`, `lists` and `blocks`), and the printer chooses where its
lines are broken (`document`, `printer`, `rows`). What the writer decides is where comments and
empty lines stand, and how many elements stand in the rows of a table.
"""

from mlpl.lang.format.source import format_source

__all__ = ["format_source"]
