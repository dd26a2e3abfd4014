"""De woorden van de controle: elke situatie en haar hint, een bestand per onderwerp.

Een zin veranderen kan zonder de rest te begrijpen: wat tussen accolades staat wordt ingevuld,
en een regel die met vier spaties begint komt letterlijk op het scherm.

Een hint krijgt het oordeel en de afwijking. Geeft hij None, dan is de volgende aan de beurt.
"""

from controle.hints import (
    database,
    laden,
    les,
    migraties,
    model,
    module,
    upgrade,
    waarden,
)
from controle.hints.hint import HINTS

# In deze volgorde worden ze geprobeerd, en binnen een bestand van boven naar beneden.
for bestand in (les, module, laden, migraties, upgrade, waarden, model, database):
    HINTS.extend(functie for functie in vars(bestand).values() if hasattr(functie, 'voor'))
