"""Wat een docent laat zien: een pagina van de klas, en een tekst terug voor elke leerling."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from controle.vertelling import TEKENS
from jinja2 import Environment

from docent.overzicht import WOORDEN, op_volgorde, per_stap
from docent.rij import Rij

SJABLOON = Path(__file__).with_name('klas.html')


def schrijf_pagina(bestand: Path, rijen: list[Rij], zonder_namen: bool) -> None:
    """Schrijft een pagina met elke leerling en elke stap; zonder namen staat er een nummer."""
    sjabloon = SJABLOON.read_text(encoding='utf-8')
    pagina = Environment(autoescape=True, trim_blocks=True).from_string(sjabloon)
    gegevens = {'rijen': op_volgorde(rijen), 'per_stap': per_stap(rijen), 'moment': datetime.now()}
    gegevens |= {'zonder_namen': zonder_namen, 'tekens': TEKENS, 'woorden': WOORDEN}
    bestand.write_text(pagina.render(gegevens), encoding='utf-8', errors='replace')


def schrijf_feedback(map_: Path, rijen: Iterable[Rij]) -> None:
    """Schrijft voor elke leerling een tekst met wat zijn eigen controle zou zeggen."""
    gebruikt = set()
    for rij in rijen:
        naam = basis = re.sub(r'[^\w .-]', '_', rij.naam)[-80:]
        # Op een schijf kan `bram` hetzelfde zijn als `Bram`.
        while naam.casefold() in gebruikt:
            naam = f'{basis} {len(gebruikt)}'
        gebruikt.add(naam.casefold())
        tekst = rij.stand or f'Er is niets nagekeken: {", en ".join(rij.opvalt)}.'
        (map_ / f'{naam}.txt').write_text(f'{tekst.strip()}\n', encoding='utf-8', errors='replace')
