"""Laat de migraties van een leerling naspelen, in een eigen proces en op een kopie.

Wat dat proces doet staat in kindproces.py. Dit bestand begint het, geeft het opdrachten, leest
zijn verslag en ruimt op. Het gebruikt geen enkel pakket: zo begint het naspelen meteen.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

# Zoveel seconden krijgt het naspelen; gewoon is minder dan een seconde.
TIJDSLIMIET = 30

# Een module leest soms een bestand; wat groter is dan dit hoort niet bij de oefening.
GROOTSTE_BESTAND = 5_000_000

KINDPROCES = Path(__file__).with_name('kindproces.py')
# Naast de kopie: wat het proces zag, en de databases waarin het naspeelt.
VERSLAG = 'verslag.jsonl'


@dataclass
class Stand:
    """De database na een upgrade of downgrade naar `revisie` ('' is helemaal leeg)."""

    revisie: str
    schema: dict
    # Per tabel de rijen zoals de migratie ze achterliet, en zoals ze daarna zijn aangevuld.
    rijen: dict[str, list[dict]]
    aangevuld: dict[str, list[dict]] = field(default_factory=dict)


@dataclass
class Fout:
    """Waar het naspelen op stukliep.

    `fase` is 'module', 'Migrate', 'elders', 'scripts', 'heen', 'vergelijken', 'relaties',
    'lezen', 'terug' of 'tijd'.
    """

    fase: str
    soort: str
    melding: str
    # De revisie waarmee het naspelen bezig was.
    revisie: str | None = None
    # De laatste regel in een bestand van de leerling, vanuit de oefenmap.
    bestand: str | None = None
    regel: int | None = None
    # Alles wat Python erover zegt; in `melding` staat soms alleen de naam die ontbreekt.
    heel: str = ''


@dataclass
class Verslag:
    """Wat het naspelen zag."""

    # Waar de module zijn database neerzet, vanuit de oefenmap.
    database: str | None = None
    # De tabel waarin Alembic bijhoudt welke revisie een database heeft gehad.
    versietabel: str = 'alembic_version'
    # Het schema dat het model zelf maakt.
    model: dict[str, dict] = field(default_factory=dict)
    # Van welke soorten constraints en indexen het model zelf de naam kiest: 'uq', 'fk', ...
    namen: list[str] = field(default_factory=list)
    heen: list[Stand] = field(default_factory=list)
    # De eerste is een revisie onder de head, de laatste is leeg.
    terug: list[Stand] = field(default_factory=list)
    # Wat het model anders wil dan de head: wat, plek, kolommen en doel.
    verschillen: list[dict] = field(default_factory=list)
    # Per functie de regels die Alembic in het laatste script voor dit model zou schrijven.
    hoort: dict[str, list[str]] = field(default_factory=dict)
    # Per revisie de regels van een goede downgrade, als de eigen downgrade niet goed is.
    omgekeerd: dict[str, list[str]] = field(default_factory=dict)
    fout: Fout | None = None
    # Een model dat geen rij kan lezen of tonen; dat houdt het naspelen niet tegen.
    leesfout: Fout | None = None
    # De opdracht die niet lukte; dan is er niet nagespeeld.
    mislukt: str | None = None

    @property
    def is_nagespeeld(self) -> bool:
        """Of er een revisie is nagespeeld."""
        return len(self.heen) > 1

    @property
    def modelkolommen(self) -> set[tuple[str, str]]:
        """De kolommen van het model, als (tabel, kolom)."""
        return {(tabel, kolom) for tabel, t in self.model.items() for kolom in t['kolommen']}


class Kindproces:
    """Een proces dat in een kopie van een oefenmap opdrachten doet, en de migraties naspeelt.

    Bij het verlaten is het proces weg en de kopie opgeruimd, ook na Ctrl-C.
    """

    def __init__(self, oefenmap: Path, **anders: str) -> None:
        self.oefenmap = oefenmap
        # Wat in de omgeving van het proces anders is.
        self.anders = anders
        self.proces = None

    def __enter__(self) -> 'Kindproces':
        self.tijdelijk = tempfile.TemporaryDirectory(prefix='naspelen-', ignore_cleanup_errors=True)
        try:
            self.werkmap = Path(self.tijdelijk.name).resolve()
            self.kopie = self.werkmap / 'oefenmap'
            kopieer(self.oefenmap, self.kopie)
        except BaseException:
            self.tijdelijk.cleanup()
            raise
        return self

    def __exit__(self, *fout: object) -> None:
        # Eerst het proces weg, dan de map: Windows verwijdert geen map die in gebruik is.
        self.stop()
        self.tijdelijk.cleanup()

    def stop(self) -> None:
        """Stopt het proces, en elk proces dat het zelf begon."""
        if self.proces is None:
            return
        if hasattr(os, 'killpg'):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.proces.pid, signal.SIGKILL)
        self.proces.kill()
        # Hiermee gaan ook de pijpen dicht.
        self.proces.communicate()
        self.proces = None

    def begin(self, opdrachten: Sequence[list[str]] = (), naspelen: bool = True) -> None:
        """Begint met opdrachten van `flask` of regels van `flask shell`, en met naspelen."""
        if self.proces is None:
            # Een eigen sessie: zo zijn straks ook de processen te stoppen die het zelf begint.
            self.proces = subprocess.Popen(
                [sys.executable, KINDPROCES, self.oefenmap, str(2 * TIJDSLIMIET)],
                cwd=self.kopie,
                env=omgeving() | self.anders,
                start_new_session=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        verslag = self.werkmap / VERSLAG
        self.vanaf = verslag.stat().st_size if verslag.exists() else 0
        # Wie al weg is, heeft geen verslag: dat blijkt bij het lezen.
        with suppress(OSError):
            self.proces.stdin.write(json.dumps([naspelen, opdrachten]).encode() + b'\n')
            self.proces.stdin.flush()

    def verslag(self) -> Verslag:
        """Wat het naspelen zag; duurt het te lang, dan met een Fout in de fase 'tijd'."""
        proces = self.proces
        te_lang = threading.Timer(TIJDSLIMIET, proces.kill)
        te_lang.start()
        # Zo laat het weten dat het klaar is, of dat het weg is.
        if not proces.stdout.readline():
            proces.wait()
        # Geldt alleen als het verslag niet af is: de module beeindigde het proces zelf.
        gestopt = Fout('tijd', 'TimeoutExpired', f'{TIJDSLIMIET} seconden')
        if te_lang.is_alive():
            te_lang.cancel()
            gestopt = Fout('module', 'SystemExit', f'exit status {proces.poll()}')
        return lees_verslag(self.werkmap / VERSLAG, self.vanaf, gestopt)


def stop_samen() -> None:
    """Laat op Windows met dit proces stoppen wat het begint; elders doet zijn sessie dat.

    Met een job object van Windows, dat ophoudt te bestaan als dit proces stopt.
    """
    if sys.platform == 'win32':
        kernel = ctypes.WinDLL('kernel32')
        job = kernel.CreateJobObjectW(None, None)
        # JOBOBJECT_EXTENDED_LIMIT_INFORMATION, met alleen KILL_ON_JOB_CLOSE.
        grenzen = ctypes.create_string_buffer(144 if sys.maxsize > 2**32 else 112)
        grenzen[16:20] = (0x2000).to_bytes(4, 'little')
        kernel.SetInformationJobObject(job, 9, grenzen, len(grenzen))
        kernel.AssignProcessToJobObject(job, ctypes.c_void_p(-1))


def omgeving() -> dict[str, str]:
    """De omgeving van het naspelen: zonder wat de leerling voor Flask en Python instelde."""
    weg = ('FLASK_', 'PYTHONWARNINGS')
    schoon = {k: v for k, v in os.environ.items() if not k.startswith(weg)}
    # Zo weet Flask dat het geen server hoeft te starten, en slaat het app.run() over.
    return schoon | {'FLASK_RUN_FROM_CLI': 'true', 'PYTHONUTF8': '1'}


def kopieer(oefenmap: Path, kopie: Path) -> None:
    """Maakt de kopie waarin een kindproces zijn gang gaat."""
    shutil.copytree(oefenmap, kopie, ignore=_overslaan, ignore_dangling_symlinks=True)
    # De map van de leerling kan op slot zitten; in de kopie komt een database.
    kopie.chmod(0o700)


def kopieer_database(pad: Path, kopie: Path) -> bool:
    """Kopieert met de -journal of -wal: zo leest SQLite wat er echt in staat.

    Geeft of een ander programma bezig is; een bestand dat niet te lezen is geeft OSError.
    """
    shutil.copyfile(pad, kopie)
    bezig = False
    for achtervoegsel in ('-journal', '-wal'):
        bijbestand = pad.with_name(pad.name + achtervoegsel)
        if bijbestand.is_file():
            shutil.copyfile(bijbestand, kopie.with_name(kopie.name + achtervoegsel))
            bezig |= achtervoegsel == '-journal' and bijbestand.stat().st_size > 0
    return bezig


def _overslaan(map_: str, namen: list[str]) -> list[str]:
    """Wat niet meegaat in de kopie: .venv, .git, tests, en wat groot of op slot is.

    Ook __pycache__ niet: na twee wijzigingen in een seconde is die soms te oud.
    """
    over = []
    for naam in namen:
        pad = Path(map_, naam)
        if not os.access(pad, os.R_OK):
            weg = True
        elif pad.is_dir():
            weg = naam.startswith('.') or naam in ('tests', '__pycache__')
            weg = weg or (pad / 'pyvenv.cfg').exists()
        else:
            weg = not pad.is_file() or pad.stat().st_size > GROOTSTE_BESTAND
        if weg:
            over.append(naam)
    return over


def lees_verslag(pad: Path, vanaf: int, gestopt: Fout) -> Verslag:
    """Wat er vanaf byte `vanaf` in het verslag staat; niet af heeft het `gestopt` als fout."""
    verslag = Verslag()
    regels = pad.read_bytes()[vanaf:].splitlines() if pad.exists() else []
    for regel in regels:
        try:
            veld, waarde = json.loads(regel)
        except ValueError:
            # De laatste regel is afgebroken toen het proces werd gestopt.
            break
        if veld == 'klaar':
            return verslag
        if veld == 'bezig':
            gestopt.revisie = waarde
        elif veld in ('heen', 'terug'):
            getattr(verslag, veld).append(Stand(**waarde))
        else:
            setattr(verslag, veld, Fout(**waarde) if veld in ('fout', 'leesfout') else waarde)
    verslag.fout = verslag.fout or gestopt
    return verslag
