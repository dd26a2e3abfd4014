"""De leerling: werkt in een map van de les, en doet wat een hint zegt."""

import os
import re
import shlex
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
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
from spelen.invoegen import definities, voeg_in
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
"""{}"""
from alembic import op
import sqlalchemy as sa

revision = {!r}
down_revision = {!r}


def upgrade():
{}


def downgrade():
{}
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
        self.map, self.module, self.database = map_, map_ / MODULE, map_ / DATABASE
        self.versions = map_ / 'migrations' / 'versions'
        self.speel_na = speel_hier_na
        self.beoordeeld, self.laatste_oordeel = None, None

    # --- De bestanden ---------------------------------------------------------------------------

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

    def schrijf_script(self, naam: str, heen: str, terug: str, vorige: str | None = '') -> str:
        """Schrijft zelf een script, na de head of na een andere revisie; geeft de revisie."""
        revisie = f'zelf_{naam}'
        vorige = self.head() if vorige == '' else vorige
        functies = (indent(regels, '    ') for regels in (heen, terug))
        tekst = SCRIPT.format(naam, revisie, vorige, *functies)
        self.schrijf(tekst, f'migrations/versions/{revisie}.py')
        return revisie

    def model_van(self, nummer: int) -> None:
        """Neemt de module over zoals die na een andere stap is."""
        shutil.copyfile(stand(nummer) / MODULE, self.module)

    def script_van(self, nummer: int) -> str:
        """Neemt het script van een stap over, zoals `flask db migrate` en de les het maakten."""
        script = Leerling(stand(nummer)).script(nummer)
        shutil.copyfile(stand(nummer) / script, self.map / script)
        return script

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

    def controle(self, *opties: str, waar: Path | None = None, **extra: str) -> CompletedProcess:
        """Draait de echte `pytest`, en ziet dat er geen foutmelding van Python bij is."""
        werk = {'FLASK_APP': MODULE} | extra
        resultaat = draai('pytest', *opties, waar=waar or self.map, **werk)
        assert not re.search('Traceback|INTERNALERROR', resultaat.stdout), resultaat.stdout
        return resultaat

    # --- Zien -----------------------------------------------------------------------------------

    def oordeel(self) -> Oordeel:
        """Wat de controle vindt, zonder er een proces voor te beginnen."""
        inhoud = frozenset(
            (pad.relative_to(self.map).as_posix(), pad.read_bytes() if pad.is_file() else b'')
            for pad in self.map.rglob('*')
            if pad.suffix != '.pyc' and self.map / 'tests' not in pad.parents
        )
        if inhoud != self.beoordeeld:
            # Alleen een module die bij het laden in de database kijkt, geeft met dezelfde bestanden
            # een andere uitkomst.
            nagespeeld = frozenset(bestand for bestand in inhoud if '.sqlite' not in bestand[0])
            if nagespeeld not in NAGESPEELD:
                NAGESPEELD[nagespeeld] = self.speel_na(self.map)
            self.beoordeeld = inhoud
            self.laatste_oordeel = beoordeel(lees_oefenmap(self.map), NAGESPEELD[nagespeeld])
        return self.laatste_oordeel

    def wat_nu(self) -> str:
        return vertelling.wat_nu(self.oordeel())

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
        # Wat de database zelf invult, kan hij ook opnieuw invullen.
        gewoon = [k.naam for k in KOLOM.values() if k.naam not in AFGELEID and not k.standaard]
        bekend = {}
        for rij in rijen:
            leeftijd = rij.get(GEVULD.som_met)
            bekend[rij['id']] = {naam: rij.get(naam) for naam in gewoon} | {
                'naam': rij.get(HERNOEMD.was) or rij.get(HERNOEMD.naam),
                'jaar': rij.get(GEVULD.naam) if leeftijd is None else GEVULD.som - leeftijd,
            }
        return bekend

    # --- Doen wat een hint zegt -----------------------------------------------------------------

    def doe(self, tekst: str) -> bool:
        """Doet letterlijk wat er staat; False als er geen letterlijke regels zijn."""
        iets = False
        # Onder een zin staat een blok, of niets; een lege regel in een blok hoort erbij.
        for zin, blok in re.findall(r'(.*)\n((?: {4}.*\n+)*)', f'\n{tekst}\n'):
            for van, naar in re.findall(r'Hernoem `([^`]+)` naar `([^`]+)`', zin):
                (self.map / van).rename(self.map / naar)
                iets = True
            if blok:
                self._doe_blok(zin, [regel[4:] for regel in blok.splitlines()])
                iets = True
        return iets

    def _doe_blok(self, zin: str, blok: list[str]) -> None:
        bewerking = re.search(r'.*(Maak|Haal|Zet|Verplaats|Vervang) in `([^`]+)` ([^:]*):$', zin)
        if re.search(r'^In PowerShell:$|(erbeter [^.]*|regel erboven):$', zin):
            # Het eerste is al in cmd gedaan; test_systemen.py kijkt of PowerShell het begrijpt.
            # Bij de andere moet een leerling zelf nadenken; eronder staat wat er nu staat.
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
            nieuw, staat_er = ({d.naam for d in definities(r)} for r in (blok, regels))
            assert nieuw <= staat_er
            regels = voeg_in(regels, blok)
        elif wat == 'Zet':
            regels[getallen[0] : getallen[0]] = blok
        elif wat == 'Verplaats':
            van, tot, onder = getallen[0] - 1, getallen[-2], getallen[-1]
            del regels[van:tot]
            # Wat boven de plaats weggaat, schuift haar op.
            onder -= (tot - van) * (onder > van)
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
