"""The specification held against a real engine over the Docker API.

Read in this order:

    engine         plain requests
    daemon         a dockerd of conform's own
    podman         the same of Podman's service
    private        one of the two
    registry       a registry of conform's own
    programs       process classes as real programs
    holding        a removal that takes its time
    stage          the concrete things behind slots
    acting         operations as requests
    views          what can be seen of a state
    events         what the engine tells
    playing        one sequence on both, compared after every step
    plan           the sequences of the systematic part, from the explored graph
    chance         random ones
    lines          docker lines in the states of the plan, with what the specification says of them
    client         the same lines by docker's command line
    restarts       of the engine, for several sequences at once
    shrinking      shorter ones
    running        many in flight
    cleaning       and nothing left
    observations   what was seen, as lines of a file
    declared       where an engine is known to differ
    report         as text, as JSON, as JUnit's XML
    whole          all of it, for one engine
    command        ``hullcheck conform``
    plugin         the same as a fixture of pytest
"""
