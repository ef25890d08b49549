"""What Docker does: an executable specification of the container and image lifecycle.

Read in this order; each module uses only those before it:

    language      the words: sorts, functions, formulas, updates
    model         the form: machines, operations with ordered rules, properties
    evaluation    what both mean in one concrete state
    image         images and references; the image's machine
    container     containers; the container's machine
    host          the firewall, a third small machine with its operations
    operations/   what the engine answers in every state, rule by rule
    properties    what must hold of every behaviour
    dialects      Docker, and what differs from it
    names         how names, ids and references are written and resolved
    commandline   how a docker command line is read
    commands      which operations a command stands for
"""

from dockspec.dialects import DIALECTS, specification

__all__ = ["DIALECTS", "specification"]
