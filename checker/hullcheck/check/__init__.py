"""The main job: sample and explore, and say of every property whether it holds.

Read in this order:

    report      one verdict per property, from everything that was found
    running     the exploration of each scope and the sampling, on both cores
    printing    the report as text
    documents   the report as JSON and as JUnit's XML
    command     ``hullcheck check``
"""
