"""Wat er van een leerling te zeggen is: hoe ver hij is, en wat opvalt."""

import ast
import re
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from controle.beoordeling import beoordeel
from controle.hints.hint import hints_bij
from controle.naspelen import Verslag
from controle.oefenmap import Oefenmap, lees_oefenmap
from controle.oordeel import Oordeel
from controle.proberen import kies
from stappen import STAPPEN

from docent.inlevering import Inlevering, Wie, neem_over

# Wat er dicht op elkaar gemaakt is, is misschien niet met de hand gemaakt.
DICHT_OP_ELKAAR = timedelta(minutes=1)

# De hints die het meest voorkomen: zoveel ervan, en zoveel namen erbij.
MEEST, NAMEN = 3, 5


@dataclass
class Rij:
    """Wat een docent van een leerling ziet."""

    naam: str
    # De laatste stap waarvan het schema in data.sqlite staat; 0 voor de eerste.
    stap: int = 0
    # Elke revisie, met het moment waarop zij gemaakt is als dat in het script staat.
    revisies: dict[str, datetime | None] = field(default_factory=dict)
    # Wat een docent moet weten, en wat niet klopt.
    opvalt: list[str] = field(default_factory=list)
    wat: str = ''
    # De hint die de leerling krijgt: de naam van de functie, en wat hij moet doen.
    hint: str | None = None
    doe: str = ''
    les: bool = False
    # Van elke stap of hij af is: na het naspelen, of zonder dat volgens data.sqlite.
    toestanden: list[str] = field(default_factory=list)
    wie: Wie = Wie('')
    # De stand van zaken en `Wat nu`, zoals de leerling die zelf zou zien.
    stand: str = ''

    @classmethod
    def van(cls, inlevering: Inlevering) -> 'Rij':
        """De rij van een inlevering die nog gelezen moet worden."""
        return cls(inlevering.naam, opvalt=[*inlevering.opvalt], wie=inlevering.wie)

    def toestand(self, stap: int) -> str:
        """'af', 'fout' of 'niet'; waar niets te lezen was, is ook niets begonnen."""
        return self.toestanden[stap - 1] if self.toestanden else 'niet'

    @property
    def af(self) -> int:
        """Hoeveel stappen er af zijn; is er niet nagespeeld, dan hoe ver data.sqlite is."""
        return self.toestanden.count('af') if self.toestanden else self.stap

    def momenten(self, zonder: Collection[str] = ()) -> list[datetime]:
        """Wanneer de migraties gemaakt zijn, van vroeg naar laat; niet die van `zonder`."""
        return sorted(m for revisie, m in self.revisies.items() if m and revisie not in zonder)

    def vul(self, oordeel: Oordeel, voor: str = '') -> None:
        """Zet erin hoe een map ervoor staat; voor wat er niet klopt komt `voor`, of de stap."""
        oefenmap = oordeel.oefenmap
        self.stap = oordeel.gehaald
        self.toestanden = [oordeel.toestand(stap.nummer) for stap in STAPPEN]
        self.revisies = revisies_van(oefenmap)
        nieuw = set(oefenmap.revisies) - oordeel.gehad
        if oordeel.afwijkingen:
            eerste = oordeel.afwijkingen[0]
            # Zonder naspelen is er ook niets te proberen.
            nagespeeld = oordeel.verslag.is_nagespeeld
            hint = kies(oordeel) if nagespeeld else next(hints_bij(oordeel, eerste))
            self.hint, self.doe, self.les = hint.naam, hint.doe, hint.les
            self.wat = f'{voor or f"stap {eerste.stap}:"} {" ".join(hint.wat.split())}'
        elif nieuw:
            self.opvalt.append(f'niet uitgevoerd: {len(nieuw)} van de migraties')


def lees(inlevering: Inlevering) -> Rij:
    """Leest een inlevering; wat er ook in staat, er komt een rij."""
    rij = Rij.van(inlevering)
    try:
        with tempfile.TemporaryDirectory(prefix='klas-') as tijdelijk:
            kopie = Path(tijdelijk, 'oefenmap')
            if inlevering.map:
                rij.opvalt += neem_over(inlevering.map, kopie)
                # Zonder naspelen telt alleen wat er in de bestanden staat.
                oefenmap, verslag = lees_oefenmap(kopie), Verslag()
                if len(oefenmap.database.versietabellen) == 1:
                    (verslag.versietabel,) = oefenmap.database.versietabellen
                rij.vul(beoordeel(oefenmap, verslag))
    except Exception as fout:
        rij.opvalt.append(f'is niet te lezen ({type(fout).__name__})')
    return rij


def revisies_van(oefenmap: Oefenmap) -> dict[str, datetime | None]:
    """De revisies van een map, elk met het moment in de tekst bovenaan haar script."""
    return {s.revisie: _gemaakt_op(s.boom) for s in oefenmap.scripts if s.revisie}


def _gemaakt_op(boom: ast.Module) -> datetime | None:
    gevonden = re.search(r'^Create Date: (.*)', ast.get_docstring(boom) or '', re.MULTILINE)
    try:
        moment = datetime.fromisoformat(gevonden[1].strip()) if gevonden else None
    except ValueError:
        return None
    # Met en zonder tijdzone zijn niet te vergelijken.
    return moment and moment.replace(tzinfo=None)


def zet_signalen_erbij(rijen: Iterable[Rij], uitgedeeld: set[str]) -> None:
    """Zet bij elke rij wat haar bijzonder maakt; `uitgedeeld` zijn de revisies die ieder heeft."""
    hebben = defaultdict(list)
    for rij in rijen:
        for revisie in rij.revisies.keys() - uitgedeeld:
            hebben[revisie].append(rij.naam)
    for rij in rijen:
        eigen = [revisie for revisie in rij.revisies if revisie not in uitgedeeld]
        gedeeld = [hebben[revisie] for revisie in eigen if len(hebben[revisie]) > 1]
        if rij.revisies and not eigen:
            rij.opvalt.append('heeft alleen de uitgedeelde migratie')
        if gedeeld:
            wie = _noem(max(gedeeld, key=len), zonder=rij.naam)
            rij.opvalt.append(f'{len(gedeeld)} van de revision ids ook bij {wie}')
        momenten = rij.momenten(uitgedeeld)
        if len(momenten) > 1 and momenten[-1] - momenten[0] < DICHT_OP_ELKAAR:
            rij.opvalt.append(f'alle {len(momenten)} nieuwe migraties binnen een minuut gemaakt')


def _noem(namen: list[str], zonder: str = '') -> str:
    """De eerste namen, en hoeveel er nog zijn."""
    genoemd = [naam for naam in namen[: NAMEN + 1] if naam != zonder][:NAMEN]
    rest = len(namen) - len(genoemd) - bool(zonder)
    return ', '.join(genoemd) + (f' en nog {rest}' if rest else '')


def meest_voorkomend(rijen: list[Rij]) -> Iterator[str]:
    """De hints die de meeste leerlingen krijgen, met hun namen."""
    bij = defaultdict(list)
    for rij in rijen:
        # Wie nog op de weg van de les is, maakt geen fout.
        if rij.hint and not rij.les:
            bij[rij.hint].append(rij.naam)
    # Wat er een heeft, staat al bij zijn rij.
    vaker = [(hint, namen) for hint, namen in bij.items() if len(namen) > 1]
    for hint, namen in sorted(vaker, key=lambda paar: -len(paar[1]))[:MEEST]:
        yield f'{len(namen)} x {hint.replace("_", " ")}: {_noem(namen)}'
