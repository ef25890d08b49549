"""How fast the explorer is, beside SPIN: the same model, the same scope, in one go.

models      what is explored
record      what was measured, and the goals
exploring   one exploration, in a process of its own
running     every run
table       the record as Markdown
command     ``hullcheck benchmark``
"""
