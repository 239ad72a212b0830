"""The language server: what `mlpl.editor` knows, in the Language Server Protocol."""
