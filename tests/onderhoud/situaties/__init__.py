"""Elke situatie waarin een hint of opmerking hoort te komen, in bestanden als controle/hints/.

Een situatie is een functie die een gespeelde map verandert. Erboven staat welke hint er hoort
te komen, na welke stap de situatie begint, en welke woorden in de hint horen te staan. Een
woord dat met @ begint staat voor het nummer van de regel in de module.
"""

from importlib import import_module

from situaties.situatie import OPMERKINGEN, SITUATIES

BESTANDEN = (
    'les',
    'module',
    'laden',
    'migraties',
    'upgrade',
    'waarden',
    'kolommen',
    'model',
    'database',
    'opmerkingen',
)

for naam in BESTANDEN:
    import_module(f'situaties.{naam}')
    # Wat er nu bij is gekomen staat in dit bestand, ook als situatie.py het erbij zette.
    for geval in SITUATIES + OPMERKINGEN:
        geval.bestand = geval.bestand or naam
