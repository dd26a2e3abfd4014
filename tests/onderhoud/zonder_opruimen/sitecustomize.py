"""Een kort proces van de tests ruimt pas aan het eind op: afval zoeken kost een achtste."""

import gc

gc.disable()
