"""Elke situatie waarin een leerling een hint of opmerking hoort te krijgen.

Een situatie is een naam in kleine letters, en wat een leerling na een stap deed. Wat hij dan leest
staat ernaast, in het bestand dat op `.ambr` eindigt. Elk onderwerp heeft twee bestanden, met
dezelfde naam als dat in controle/hints/.
"""

from importlib import import_module

from situaties.situatie import Daden, Situatie

ONDERWERPEN = (
    'les',
    'module',
    'laden',
    'migraties',
    'upgrade',
    'waarden',
    'model',
    'database',
    'opmerkingen',
)

SITUATIES = [
    Situatie(onderwerp, naam, daden, **daden.kenmerken)
    for onderwerp in ONDERWERPEN
    for naam, daden in vars(import_module(f'situaties.{onderwerp}')).items()
    if isinstance(daden, Daden) and naam.islower() and 'stap' in daden.kenmerken
]
