"""Python laadt dit bestand als eerste in elk proces dat de onderhoudstests beginnen.

Zo'n proces leeft een halve seconde. Zonder te zoeken naar afval, ook aan het eind niet, is dat
28% minder (meet.py); aan wat het doet verandert niets.
"""

import atexit
import gc

gc.disable()
atexit.register(gc.freeze)
