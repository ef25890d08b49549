"""Expected cells: what engines were seen to do, held against the specification."""

from hullcheck.cells.cell import Action, Cell, Outcome, Place, SeenEvent, differences
from hullcheck.cells.matrix import LEFT_OUT, matrix_cells
from hullcheck.cells.stories import story_cells

__all__ = ["LEFT_OUT", "Action", "Cell", "Outcome", "Place", "SeenEvent", "differences", "matrix_cells", "story_cells"]
