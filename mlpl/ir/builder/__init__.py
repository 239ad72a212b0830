"""The parts of `mlpl.ir.build`: with it the only modules of `ir` that see `lang`.

`start` makes the entry; `statements`, `initializers`, `output`, `expressions` and `checks`
translate the tree; `emitter` collects instructions in blocks.
"""
