"""A scope for other people's checkers, and the whole specification for other tools.

naming          identifiers for everything that has an id
notes           what stands at the head of a model
wrapping        long lines
connectives     and, or, not, equal, if, where what is decided is left away
promela_terms   expressions as Promela
promela         a scope as a model for SPIN
spin            runs SPIN
tla_terms       expressions as TLA+
tla             a scope as a module and a configuration for TLC
document        the specification as one JSON document, with a schema
"""
