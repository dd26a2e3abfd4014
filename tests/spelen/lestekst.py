"""Leest LEERLING.md en VERDIEPING.md: de hoofdstukken, en de blokken daarin."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

LES, VERDIEPING = 'LEERLING.md', 'VERDIEPING.md'
# Het hoofdstuk na de stappen: dat begint in een lege map.
EIGEN = 'In je eigen project'

SCRIPTS = 'migrations/versions'

# De kop van een tabel met opdrachten die per systeem verschillen.
SYSTEMEN = ['macOS/Linux', 'Windows (cmd)', 'PowerShell']


class LesFout(Exception):
    """De tekst klopt niet op een regel; `uitvoer` is wat er in het echt kwam."""

    def __init__(self, regel: int, melding: str, uitvoer: str = ''):
        super().__init__(melding)
        self.regel = regel
        self.uitvoer = uitvoer
        # Wie speelt, zet hier de andere tekst neer als de fout daarin staat.
        self.bestand = LES

    def __str__(self) -> str:
        return f'{self.bestand}, regel {self.regel}: {self.args[0]}'


@dataclass(frozen=True)
class Blok:
    """Een codeblok of tabel; `soort` is de taal van het blok, of 'tabel'."""

    soort: str
    # De regels van de inhoud, elk met zijn regelnummer in de tekst.
    regels: list[tuple[int, str]]
    # Het bestand waar Python in hoort: dat noemt de tekst erboven.
    titel: str = ''
    # De opgelichte regels, of None als het blok alleen laat zien wat er al staat.
    hl_lines: str | None = None

    def tekst(self) -> str:
        return ''.join(regel + '\n' for _, regel in self.regels)

    @property
    def kop(self) -> list[str]:
        """De cellen van de eerste rij van een tabel."""
        return rijcellen(self.regels[0][1])

    def cellen(self) -> list[tuple[int, list[str]]]:
        """De rijen van een tabel zonder de kop, elk met haar regelnummer."""
        return [(nummer, rijcellen(regel)) for nummer, regel in self.regels[2:]]


@dataclass(frozen=True)
class Hoofdstuk:
    """Een stap of een deel: de kop, alle regels en de blokken daarin."""

    # Het nummer van een stap of EIGEN in LEERLING.md, of de letter van een deel in VERDIEPING.md.
    nummer: int | str
    titel: str
    regels: list[tuple[int, str]] = field(default_factory=list)
    blokken: list[Blok] = field(default_factory=list)

    @property
    def naam(self) -> str:
        """Hoe dit hoofdstuk heet: 'stap 3' of 'deel A'."""
        soort = 'stap' if isinstance(self.nummer, int) else 'deel'
        return EIGEN if self.nummer == EIGEN else f'{soort} {self.nummer}'

    @property
    def bestand(self) -> str:
        """De tekst waar dit hoofdstuk in staat."""
        return LES if isinstance(self.nummer, int) or self.nummer == EIGEN else VERDIEPING


def rijcellen(regel: str) -> list[str]:
    return [cel.strip() for cel in regel.strip().strip('|').split('|')]


def lees_les(tekst: str) -> list[Hoofdstuk]:
    """De hoofdstukken van een tekst: de stappen van 0 af, of de delen van A af."""
    return [hoofdstuk for hoofdstuk in _hoofdstukken(tekst) if hoofdstuk.nummer != EIGEN]


def lees_eigen(tekst: str) -> Hoofdstuk:
    """Het hoofdstuk over een eigen project; een StopIteration als het er niet is."""
    return next(hoofdstuk for hoofdstuk in _hoofdstukken(tekst) if hoofdstuk.nummer == EIGEN)


def _hoofdstukken(tekst: str) -> list[Hoofdstuk]:
    hoofdstukken = []
    for nummer, regel in enumerate(tekst.splitlines(), start=1):
        kop = re.fullmatch(r'## (Stap|Deel) (\w+)\. (.+)', regel)
        if kop:
            soort, eigen, titel = kop.groups()
            plaats = len(hoofdstukken)
            hoort = plaats if soort == 'Stap' else chr(ord('A') + plaats)
            if eigen != str(hoort):
                raise LesFout(nummer, f'hier hoort {soort.lower()} {hoort} te beginnen.')
            hoofdstukken.append(Hoofdstuk(hoort, titel))
        elif regel == f'## {EIGEN}':
            hoofdstukken.append(Hoofdstuk(EIGEN, EIGEN))
        elif regel.startswith('## ') and hoofdstukken:
            # Wat na de stappen komt, hoort niet bij de laatste stap.
            break
        if hoofdstukken:
            hoofdstukken[-1].regels.append((nummer, regel))
    for hoofdstuk in hoofdstukken:
        hoofdstuk.blokken.extend(_blokken(hoofdstuk.regels))
    return hoofdstukken


def _blokken(regels: list[tuple[int, str]]) -> Iterator[Blok]:
    plek = vorige = 0
    while plek < len(regels):
        nummer, regel = regels[plek]
        begin = plek = plek + 1
        if regel.startswith('```'):
            while plek < len(regels) and regels[plek][1] != '```':
                plek += 1
            if plek == len(regels):
                raise LesFout(nummer, 'dit codeblok houdt niet op.')
            if plek == begin:
                raise LesFout(nummer, 'dit codeblok is leeg.')
            soort, _, opgelicht = regel[3:].partition(' hl_lines=')
            erboven = ' '.join(tekst for _, tekst in regels[vorige : begin - 1])
            titel = _bestand_in(erboven) if soort == 'python' else ''
            yield Blok(soort, regels[begin:plek], titel, opgelicht.strip('"') or None)
            vorige = plek = plek + 1
        elif regel.startswith('|'):
            while plek < len(regels) and regels[plek][1].startswith('|'):
                plek += 1
            yield Blok('tabel', regels[begin - 1 : plek])
            vorige = plek


def _bestand_in(tekst: str) -> str:
    """Het bestand dat de tekst het laatst noemt; `..._x.py` is het script dat zo eindigt."""
    naam = re.findall(r'`((?:\w+/)*[\w.]+\.py)`', tekst)[-1:]
    return ''.join(f'{SCRIPTS}/{n}' if n.startswith('...') else n for n in naam)


def typregels(blok: Blok, teken: str) -> list[tuple[int, str, list]]:
    """Elke ingetypte regel met zijn regelnummer en wat de les eronder laat zien."""
    getypt = []
    for nummer, regel in blok.regels:
        if regel.startswith(teken):
            getypt.append((nummer, regel.removeprefix(teken), []))
        elif getypt:
            getypt[-1][2].append((nummer, regel))
    if not getypt:
        melding = f'dit blok heeft geen regel die met `{teken.strip()}` begint.'
        raise LesFout(blok.regels[0][0], melding)
    return getypt


def opdrachten(blok: Blok) -> Iterator[tuple[int, list[str], list]]:
    """De opdrachten in een blok of tabel, elk met wat de les eronder laat zien."""
    if blok.soort == 'console':
        for nummer, opdracht, getoond in typregels(blok, '$ '):
            yield nummer, shlex.split(opdracht), getoond
    elif blok.soort == 'tabel' and blok.kop == SYSTEMEN:
        for nummer, cellen in blok.cellen():
            # In een tabel is geen plaats voor uitvoer: die mag alles zijn.
            yield nummer, shlex.split(cellen[0].strip('`')), [(nummer, '...')]
