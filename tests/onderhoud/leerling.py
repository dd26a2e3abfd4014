"""De leerling: werkt in een map van de les, en doet wat een hint zegt."""

import ast
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from textwrap import indent

from controle import vertelling
from controle.beoordeling import beoordeel
from controle.naspelen import Verslag
from controle.oefenmap import lees_oefenmap
from controle.oordeel import Oordeel
from processen import draai
from shells import HIER
from speel_les import omgeving
from spelen.dit_proces import draai_flask
from spelen.terug import WERKMAP, wissel
from standen import stand
from stappen import AFGELEID, DATABASE, GEVULD, HERNOEMD, MODULE, SERVER, STAPPEN, TABEL, Kolom
from zonder_kindproces import speel_hier_na

# Het begin van een commentaarregel die op elke stap onder de kolommen van Cursist staat.
ONDER_DE_KOLOMMEN = '    # Zo ziet een cursist eruit'

# root mag alles; zonder deze twee voorrechten gelden de rechten van een bestand ook voor root.
ZONDER_VOORRECHTEN = """
import ctypes, os, sys
prctl = getattr(ctypes.CDLL(None), 'prctl', None)
for CAP_DAC in (1, 2):
    prctl and prctl(24, CAP_DAC, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""

SCRIPT = '''\
"""{naam}"""
from alembic import op
import sqlalchemy as sa

revision = {revisie!r}
down_revision = {vorige!r}


def upgrade():
{upgrade}


def downgrade():
{downgrade}
'''

# Wat het naspelen van een map al eens opleverde.
NAGESPEELD: dict[frozenset, Verslag] = {}


# De stappen bij hun titel: zo verandert er in de tests niets als er een stap tussen komt.
NUMMER = {stap.titel: stap.nummer for stap in STAPPEN}
EERSTE = NUMMER['De eerste migratie']
WOONPLAATS = NUMMER['Een kolom erbij']
NIVEAU = NUMMER['Een verplichte kolom']
CURSISTNUMMER = NUMMER['Een unieke kolom']
TIJDSTIP = NUMMER['Een tijdstip']
GEBOORTEJAAR = NUMMER['Een kolom vullen']
NAAM = NUMMER['Een kolom hernoemen']
LEEFTIJD_WEG = NUMMER['Een kolom weg']
GEBRUIKERS = NUMMER['Een tweede tabel']
INDEX = NUMMER['Zelf een script schrijven']

# De kolom die een stap in de tabel van de les zet of verandert; van de eerste stap de laatste.
KOLOM = {s.nummer: kolom for s in STAPPEN for kolom in s.erbij if kolom.tabel == TABEL}
ID, NAAM_VOORAF = STAPPEN[EERSTE - 1].erbij[:2]


def in_script(kolom: Kolom) -> str:
    """Hoe `flask db migrate` een kolom zonder standaardwaarde in een script schrijft."""
    soort, haakje, lengte = kolom.model_type.partition('(')
    type_ = f'{soort}(length={lengte}' if haakje else f'{soort}()'
    return f"sa.Column('{kolom.naam}', sa.{type_}, nullable={kolom.null})"


class Leerling:
    """Een leerling in zijn oefenmap: wat hij schrijft, typt, en van een hint opvolgt."""

    def __init__(self, map_: Path):
        self.map = map_
        self.speel_na = speel_hier_na

    # --- De bestanden ---------------------------------------------------------------------------

    @property
    def module(self) -> Path:
        return self.map / MODULE

    @property
    def database(self) -> Path:
        return self.map / DATABASE

    @property
    def versions(self) -> Path:
        return self.map / 'migrations' / 'versions'

    def script(self, eind: str | int) -> str:
        """Het script van een stap, of dat waarvan de naam eindigt op `_eind.py`."""
        if isinstance(eind, int):
            eind = STAPPEN[eind - 1].naam_van_migratie.replace(' ', '_')
        (pad,) = self.versions.glob(f'*_{eind}.py')
        return pad.relative_to(self.map).as_posix()

    def revisie(self, eind: str | int) -> str:
        return Path(self.script(eind)).name.split('_')[0]

    def head(self) -> str:
        """De revisie waarop geen andere volgt."""
        (head,) = lees_oefenmap(self.map).heads
        return head

    # --- Schrijven ------------------------------------------------------------------------------

    def lees(self, naam: str = MODULE) -> str:
        return (self.map / naam).read_text(encoding='utf-8')

    def schrijf(self, tekst: str, naam: str = MODULE) -> None:
        (self.map / naam).write_text(tekst, encoding='utf-8')

    def vervang(self, oud: str, nieuw: str, naam: str = MODULE) -> None:
        tekst = self.lees(naam)
        assert oud in tekst, f'{oud!r} staat niet in {naam}.'
        self.schrijf(tekst.replace(oud, nieuw), naam)

    def kolom(self, *regels: str) -> None:
        """Zet kolommen onderaan in de klasse Cursist."""
        nieuw = ''.join(f'    {regel}\n' for regel in regels)
        self.vervang(ONDER_DE_KOLOMMEN, f'{nieuw}\n{ONDER_DE_KOLOMMEN}')

    def onderaan(self, tekst: str) -> None:
        """Zet iets onderaan in de module."""
        self.schrijf(f'{self.lees()}\n\n{tekst}\n')

    def regel(self, deel: str) -> int:
        """Het nummer van de laatste regel van de module waar dit in staat."""
        regels = enumerate(self.lees().splitlines(), 1)
        return [nummer for nummer, regel in regels if deel in regel][-1]

    def schrijf_script(
        self, naam: str, upgrade: str, downgrade: str, vorige: str | None = ''
    ) -> str:
        """Schrijft zelf een script, na de head of na een andere revisie; geeft de revisie."""
        revisie = f'zelf_{naam}'
        vorige = self.head() if vorige == '' else vorige
        heen, terug = (indent(tekst, '    ') for tekst in (upgrade, downgrade))
        kop = {'naam': naam, 'revisie': revisie, 'vorige': vorige}
        tekst = SCRIPT.format(**kop, upgrade=heen, downgrade=terug)
        (self.versions / f'{revisie}.py').write_text(tekst, encoding='utf-8')
        return revisie

    def model_van(self, nummer: int) -> None:
        """Neemt de module over zoals die na een andere stap is."""
        shutil.copyfile(stand(nummer) / MODULE, self.module)

    def script_van(self, nummer: int) -> str:
        """Neemt het script van een stap over, zoals `flask db migrate` en de les het maakten."""
        na, voor = (stand(n) / 'migrations/versions' for n in (nummer, nummer - 1))
        (nieuw,) = {p.name for p in na.glob('*.py')} - {p.name for p in voor.glob('*.py')}
        shutil.copyfile(na / nieuw, self.versions / nieuw)
        return f'migrations/versions/{nieuw}'

    # --- Typen ----------------------------------------------------------------------------------

    def flask(self, *delen: str, invoer: str = '', mag_mislukken: bool = False) -> str:
        """Een opdracht `flask ...` die lukt; geeft wat hij afdrukt."""
        # Wat in het terminalvenster staat, geldt voor `flask`, en niet voor de controle.
        venster = {SERVER: os.environ[SERVER]} if SERVER in os.environ else {}
        werk = omgeving() | {'FLASK_APP': MODULE} | venster
        status, uitvoer = draai_flask(self.map, list(delen), werk, invoer)
        goed = status == 0 and 'Error' not in uitvoer
        assert mag_mislukken or goed, f'flask {delen}:\n{uitvoer}'
        return uitvoer

    def migreer(self, naam: str, *wijzigingen: tuple[str, str]) -> None:
        """`flask db migrate`, zo nodig het script aanpassen, `flask db upgrade`."""
        self.flask('db', 'migrate', '-m', naam)
        for oud, nieuw in wijzigingen:
            self.vervang(oud, nieuw, self.script(naam))
        self.flask('db', 'upgrade')

    def sql(self, *opdrachten: str) -> None:
        with closing(sqlite3.connect(self.database)) as verbinding, verbinding:
            for opdracht in opdrachten:
                verbinding.execute(opdracht)

    def controle(
        self, *opties: str, waar: Path | None = None, **extra: str
    ) -> subprocess.CompletedProcess:
        """Draait de echte `pytest`, en ziet dat er geen foutmelding van Python bij is."""
        werk = {'FLASK_APP': MODULE} | extra
        resultaat = draai('pytest', *opties, waar=waar or self.map, **werk)
        assert 'Traceback' not in resultaat.stdout, resultaat.stdout
        assert 'INTERNALERROR' not in resultaat.stdout, resultaat.stdout
        return resultaat

    # --- Zien -----------------------------------------------------------------------------------

    def oordeel(self) -> Oordeel:
        """Wat de controle vindt, zonder er een proces voor te beginnen."""
        # Alleen een module die bij het laden in de database kijkt, geeft met dezelfde bestanden een
        # andere uitkomst.
        inhoud = frozenset(
            (pad.relative_to(self.map).as_posix(), pad.read_bytes())
            for pad in self.map.rglob('*')
            if pad.is_file() and pad.suffix not in ('.sqlite', '.pyc')
            if self.map / 'tests' not in pad.parents
        )
        if inhoud not in NAGESPEELD:
            NAGESPEELD[inhoud] = self.speel_na(self.map)
        return beoordeel(lees_oefenmap(self.map), NAGESPEELD[inhoud])

    def wat_nu(self) -> str:
        return vertelling.wat_nu(self.oordeel())

    @property
    def oude_mappen(self) -> list[Path]:
        """Wat de weg terug bewaart: oud/, oud2/, ..."""
        return list(self.map.glob('oud*'))

    def cursisten(self, map_: Path | None = None) -> dict[int, dict]:
        """Wat er van elke cursist bekend is, hoe de kolommen ook heten."""
        database = (map_ or self.map) / DATABASE
        if not database.is_file():
            return {}
        with closing(sqlite3.connect(database)) as verbinding:
            verbinding.row_factory = sqlite3.Row
            try:
                rijen = [dict(rij) for rij in verbinding.execute(f'SELECT * FROM {TABEL}')]
            except sqlite3.DatabaseError:
                return {}
        bekend = {}
        for rij in rijen:
            leeftijd = rij.get(GEVULD.som_met)
            bekend[rij['id']] = {
                'naam': rij.get(HERNOEMD.was) or rij.get(HERNOEMD.naam),
                'jaar': rij.get(GEVULD.naam) if leeftijd is None else GEVULD.som - leeftijd,
                # Wat de database zelf invult, kan hij ook opnieuw invullen.
                **{
                    naam: rij.get(naam)
                    for naam, kolom in ((kolom.naam, kolom) for kolom in KOLOM.values())
                    if naam not in AFGELEID and not kolom.standaard
                },
            }
        return bekend

    # --- Doen wat een hint zegt -----------------------------------------------------------------

    def doe(self, tekst: str) -> bool:
        """Doet letterlijk wat er staat; False als er geen letterlijke regels zijn."""
        iets = False
        zin, blok = '', []
        for regel in [*tekst.splitlines(), 'einde']:
            if regel.startswith('    ') or (not regel and blok):
                blok.append(regel[4:])
                continue
            if blok:
                self._doe_blok(zin, blok)
                iets = True
                blok = []
            for van, naar in re.findall(r'Hernoem `([^`]+)` naar `([^`]+)`', regel):
                (self.map / van).rename(self.map / naar)
                iets = True
            zin = regel
        return iets

    def _doe_blok(self, zin: str, blok: list[str]) -> None:
        bewerking = re.search(r'.*(Maak|Haal|Zet|Verplaats|Vervang) in `([^`]+)` ([^:]*):$', zin)
        if zin == 'In PowerShell:':
            # Dit is al in cmd gedaan; test_systemen.py kijkt of PowerShell het begrijpt.
            return
        if re.search(r'(erbeter [^.]*|regel erboven):$', zin):
            # Hier moet een leerling zelf nadenken; wat eronder staat, is wat er nu staat.
            return
        if bewerking:
            self._bewerk(*bewerking.groups(), blok)
        elif 'flask shell' in re.split(r'[.?] ', zin)[-1]:
            uit = self.flask('shell', invoer='\n'.join(blok) + '\n')
            assert 'Traceback' not in uit, uit
        else:
            for opdracht in blok:
                self._opdracht(opdracht)

    def _bewerk(self, wat: str, naam: str, waar: str, blok: list[str]) -> None:
        regels = self.lees(naam).splitlines()
        # Achter de komma staat hoeveel spaties er voor het blok horen.
        plaats, _, spaties = waar.replace('bovenaan', '0').partition(',')
        if ervoor := re.search(r'met (\w+) spaties', spaties):
            aantal = {'vier': 4, 'acht': 8, 'twaalf': 12}.get(ervoor[1]) or int(ervoor[1])
            blok = [' ' * aantal + regel if regel else regel for regel in blok]
        getallen = [int(getal) for getal in re.findall(r'\d+', plaats)]
        if wat == 'Vervang':
            for functie in ast.parse('\n'.join(blok)).body:
                oud = next(
                    knoop
                    for knoop in ast.parse('\n'.join(regels)).body
                    if getattr(knoop, 'name', '') == functie.name
                )
                nieuw = blok[functie.lineno - 1 : functie.end_lineno]
                regels[oud.lineno - 1 : oud.end_lineno] = nieuw
        elif wat == 'Zet':
            regels[getallen[0] : getallen[0]] = blok
        elif wat == 'Verplaats':
            van, tot, onder = getallen[0] - 1, getallen[-2], getallen[-1]
            if onder > van:
                regels[onder:onder] = blok
                del regels[van:tot]
            else:
                del regels[van:tot]
                regels[onder:onder] = blok
        else:
            van, tot = getallen[0] - 1, getallen[-1]
            assert wat == 'Maak' or regels[van:tot] == blok
            regels[van:tot] = blok if wat == 'Maak' else []
        self.schrijf('\n'.join(regels) + '\n', naam)

    def _opdracht(self, opdracht: str) -> None:
        match shlex.split(opdracht):
            case ['flask', *delen]:
                self.flask(*delen)
            case ['unset', naam] | ['set', naam]:
                del os.environ[naam.removesuffix('=')]
            case ['python', '-m', *delen]:
                assert draai(*delen, waar=self.map).returncode == 0
            case ['python', 'tests/speel_les.py', '--terug', nummer]:
                # Precies deze stand maakt speel_les.py; dat bewijst test_speel_les.py.
                nieuw = self.map / WERKMAP / 'bouw'
                shutil.copytree(stand(int(nummer)), nieuw)
                wissel(self.map, nieuw)
            case _:
                # In de echte shell: zo is dit op Windows een opdracht van cmd.
                klaar = HIER[0].draai([opdracht], self.map, omgeving())
                assert klaar.returncode == 0, f'{opdracht}:\n{klaar.stdout}'
