"""Pictures of the specification: Graphviz's language, SVG that is the same on every machine, Mermaid.

Read in this order; each module uses only those before it:

    style        colours, lines, letters and their widths
    diagram      nodes and edges as data, and in Graphviz's language
    geometry     places, paths, labels
    wording      what a reader calls things; guards in words
    lifecycle    a machine's states and rows as a diagram
    looks        where the states of each machine stand
    sheet        pages of boxes and arrows
    scene        operations, run on the specification
    stacks       layers and process spaces
    restart, rmi, matrix, states, commands    the pictures
    renderer     who makes SVG, PNG and PDF
    svg          what Graphviz's SVG lacks
    mermaid      another language
    picture      one picture in every format
    catalogue    all of them by name
    notebook     machines that show themselves
    command      ``hullcheck draw``

In a notebook, ``import hullcheck.draw`` (or ``%load_ext hullcheck.draw``) is enough: a machine then shows itself.
"""

from hullcheck.draw.catalogue import NAMES, picture, picture_of
from hullcheck.draw.notebook import register as load_ipython_extension
from hullcheck.draw.notebook import register_if_running
from hullcheck.draw.picture import FORMATS, Format, Picture

__all__ = ["FORMATS", "NAMES", "Format", "Picture", "load_ipython_extension", "picture", "picture_of"]

register_if_running()
