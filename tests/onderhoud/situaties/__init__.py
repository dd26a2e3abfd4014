"""Elke situatie waarin een leerling een hint of opmerking hoort te krijgen.

Een situatie is een functie die een gespeelde map verandert, of een regel die er een maakt. Wat de
leerling dan leest staat ernaast, in het bestand dat op `.ambr` eindigt. Elk onderwerp heeft twee
bestanden, met dezelfde naam als dat in controle/hints/.
"""

from importlib import import_module

from situaties.situatie import SITUATIES

ONDERWERPEN = (
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

for onderwerp in ONDERWERPEN:
    import_module(f'situaties.{onderwerp}')
    # Wat er nu bij is gekomen staat in dit bestand, ook als situatie.py het erbij zette.
    for situatie in SITUATIES:
        situatie.onderwerp = situatie.onderwerp or onderwerp
