"""The reference, generated from the specification: Markdown, in English and in Chinese.

Read in this order:

    lingua       the two languages
    phrases      phrases for functions, predicates, parameters and values
    wording      formulas and effects as phrases
    matrix       what each operation answers in each state
    record       the verdicts of a whole check, kept as data
    observed     what real engines were seen to do, kept as data
    markdown     anchors, links, tables
    differences  where they differ from Docker's rules
    engines      rule × engine
    entries      one rule, one state
    sections     the parts of the reference
    commands     docker's commands as compositions of operations
    shapes       the JSON that the command line prints
    reference    the whole
    command      ``hullcheck describe``
"""
