"""Speelt LEERLING.md na en maakt zo een oefenmap zoals die er na een stap uitziet.

    python tests/speel_les.py MAP --tot N
    python tests/speel_les.py --terug N

N is een stap van 0 tot en met de laatste, of de letter van een deel van
VERDIEPING.md. Met --tot maakt hij MAP: een nieuwe of lege map. Met --terug
maakt hij in je eigen map de module, migrations/ en data.sqlite opnieuw. Wat je
had, gaat naar de map `oud`. Al het andere blijft.

Wat er in de map komt, staat alleen in LEERLING.md en VERDIEPING.md: de
codeblokken en opdrachten daar zijn de uitwerking.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from spelen.dit_proces import draai_flask
from spelen.invoegen import voeg_in
from spelen.lestekst import (
    LES,
    VERDIEPING,
    Blok,
    Hoofdstuk,
    LesFout,
    lees_les,
    opdrachten,
    typregels,
)
from spelen.pakketten import zonder_pakketten
from spelen.terug import ONDERDELEN, WERKMAP, herstel, wissel
from stappen import DELEN, DELEN_NA, LAATSTE, SERVER

PROJECT = Path(__file__).resolve().parent.parent
GEBRUIK = f"""\
Gebruik: python tests/speel_les.py MAP --tot N     een nieuwe map
    of:  python tests/speel_les.py --terug N       deze map
N is een stap van 0 tot en met {LAATSTE}, of een deel van {DELEN[0]} tot en met {DELEN[-1]}."""

# Wat een leerling nodig heeft; de module komt uit de les.
BESTANDEN = (LES, VERDIEPING, 'requirements.txt', 'pyproject.toml', '.gitignore', 'conftest.py')
CONTROLE = ('tests/*.py', 'tests/spelen/*', 'tests/controle/**/*')

# Alleen deze opdrachten van flask db veranderen iets.
VERANDERT = {'init', 'migrate', 'upgrade', 'downgrade', 'revision', 'stamp', 'merge'}

# Hieraan zie je dat de les een opdracht laat mislukken.
MISLUKT = re.compile(r'(Error: |ERROR |Traceback|✗|[\w.]+(Error|Exception): )')

# Hieraan zie je dat de schijf vol is: van Python, van Windows en van SQLite.
VOL = re.compile(r'Errno 28\b|WinError 112\b|disk is full')

# Wat van de omgeving de uitkomst zou veranderen: de leerling heeft het ook niet staan.
WEG_UIT_OMGEVING = re.compile(
    r'FLASK_|PYTEST_|PY_COLORS|FORCE_COLOR|SQLALCHEMY_'
    r'|PYTHON(STARTUP|WARNINGS|IOENCODING|INSPECT|OPTIMIZE|_COLORS)'
)


# --- De les spelen ----------------------------------------------------------------------------


def omgeving() -> dict[str, str]:
    """De omgeving van een vers terminalvenster, zonder FLASK_APP en zonder kleur."""
    schoon = {
        naam: waarde
        for naam, waarde in os.environ.items()
        if not WEG_UIT_OMGEVING.match(naam.upper())
    }
    # Zonder .pyc-bestanden telt elke wijziging, ook twee in dezelfde seconde.
    return schoon | {
        'PYTHONUTF8': '1',
        'PYTHONUNBUFFERED': '1',
        'PYTHONDONTWRITEBYTECODE': '1',
        'NO_COLOR': '1',
        'COLUMNS': '80',
    }


class Speler:
    """Speelt hoofdstukken in een map, achter elkaar in één terminalvenster."""

    def __init__(self, werkmap: Path):
        self.map = werkmap
        # De map waarin de terminal staat.
        self.hier = werkmap
        self.omgeving = omgeving()

    def speel(self, hoofdstuk: Hoofdstuk) -> None:
        try:
            self._speel(hoofdstuk)
        except LesFout as fout:
            fout.bestand = hoofdstuk.bestand
            raise

    def _speel(self, hoofdstuk: Hoofdstuk) -> None:
        overslaan = self._overslaan(hoofdstuk)
        for blok in hoofdstuk.blokken:
            if blok.soort == 'python' and blok.titel:
                self._python(blok)
            elif blok.soort == 'pycon' and blok.regels[0][0] not in overslaan:
                self._pycon(blok)
            for nummer, opdracht, getoond in opdrachten(blok):
                if nummer not in overslaan:
                    resultaat = self._voer_uit(opdracht, nummer)
                    self._oordeel(nummer, opdracht, getoond, resultaat)

    def _overslaan(self, hoofdstuk: Hoofdstuk) -> set[int]:
        """De regels van de opdrachten en shellblokken die hij niet speelt."""
        return klaargezet(hoofdstuk) | _zonder_gevolg(hoofdstuk)

    def _python(self, blok: Blok) -> None:
        bestand = self._bestand(blok)
        if not bestand.exists():
            bestand.write_text(blok.tekst(), encoding='utf-8', newline='\n')
            return
        if blok.hl_lines is None:
            # Zonder hl_lines is er niets nieuws: het blok laat zien wat er al staat.
            return
        oud = bestand.read_text(encoding='utf-8').splitlines()
        try:
            inhoud = voeg_in(oud, blok.tekst().splitlines())
        except SyntaxError as fout:
            melding = f'hier staat geen geldige Python: {fout}.'
            raise LesFout(blok.regels[0][0] - 1, melding) from fout
        bestand.write_text('\n'.join(inhoud) + '\n', encoding='utf-8', newline='\n')

    def _bestand(self, blok: Blok) -> Path:
        """Het bestand bij een blok; `..._x.py` is het ene script dat zo eindigt."""
        if '...' not in blok.titel:
            return self.map / blok.titel
        gevonden = list(self.map.glob(blok.titel.replace('...', '*')))
        return _het_ene(blok.regels[0][0] - 1, blok.titel, gevonden)

    def _voer_uit(self, delen: list[str], regel: int) -> subprocess.CompletedProcess:
        """Voert een opdracht uit de les uit; wat hij niet kent, is een fout in de tekst."""
        match delen:
            case ['flask', *_]:
                return self._draai([self._met_revisies(deel, regel) for deel in delen], regel)
            case ['pytest' | 'python', *_]:
                # Die kijken alleen.
                pass
            case ['export', toekenning] if toekenning.startswith('FLASK_'):
                naam, _, self.omgeving[naam] = toekenning.partition('=')
            case ['unset', naam]:
                del self.omgeving[naam]
            case ['rm', '-r', *paden] | ['rm', *paden]:
                for pad in paden:
                    self._verwijder(pad, regel)
            case ['cp', '-r', van, naar] | ['cp', van, naar]:
                self._kopieer(van, naar, regel)
            case ['mkdir', map_]:
                (self.hier / map_).mkdir()
            case ['cd', map_]:
                self.hier = (self.hier / map_).resolve()
            case _:
                raise LesFout(regel, f'de opdracht `{shlex.join(delen)}` ken ik niet.')
        return subprocess.CompletedProcess(delen, 0, '')

    def _draai(self, delen: list[str], regel: int, invoer: str = '') -> subprocess.CompletedProcess:
        klaar = draai_flask(self.hier, delen[1:], self.omgeving, invoer)
        return subprocess.CompletedProcess(delen, *klaar)

    def _verwijder(self, pad: str, regel: int) -> None:
        # De map begint leeg: dan is er soms nog niets om weg te gooien.
        gevonden = list(self.hier.glob(pad))
        if len(gevonden) > 1:
            raise _niet_een(regel, pad, gevonden)
        for doel in gevonden:
            if doel.is_dir():
                shutil.rmtree(doel)
            else:
                doel.unlink()

    def _kopieer(self, van: str, naar: str, regel: int) -> None:
        bron, doel = _het_ene(regel, van, list(self.hier.glob(van))), self.hier / naar
        if doel.is_dir():
            doel /= bron.name
        if bron.is_dir():
            shutil.copytree(bron, doel)
        else:
            shutil.copyfile(bron, doel)

    def _met_revisies(self, deel: str, regel: int) -> str:
        """Vult voor `<naam>` de revision id in van het script dat op `_naam.py` eindigt."""
        invullen = re.fullmatch(r'<(\w+)>', deel)
        if not invullen:
            return deel
        patroon = f'migrations/versions/*_{invullen[1]}.py'
        script = _het_ene(regel, patroon, list(self.hier.glob(patroon)))
        return script.name.partition('_')[0]

    def _oordeel(
        self, regel: int, opdracht: list[str], getoond: list, resultaat: subprocess.CompletedProcess
    ) -> None:
        if resultaat.returncode:
            raise _mislukt(regel, opdracht, resultaat)

    def _pycon(self, blok: Blok) -> None:
        eerste = blok.regels[0][0]
        invoer = typregels(blok, '>>> ')
        typen = ''.join(regel + '\n' for _, regel, _ in invoer)
        resultaat = self._draai(['flask', 'shell'], eerste, typen)
        # Wat voor de eerste >>> staat, is de begroeting van de shell.
        uitvoer = resultaat.stdout.split('>>> ')[1:]
        if resultaat.returncode or len(uitvoer) < len(invoer):
            raise _mislukt(eerste, ['flask', 'shell'], resultaat)
        self._gesprek([(*getypt, echt) for getypt, echt in zip(invoer, uitvoer, strict=False)])

    def _gesprek(self, gesprek: list[tuple[int, str, list, str]]) -> None:
        """Oordeelt over elke regel in de shell: wat de les toont, en wat er in het echt kwam."""
        for nummer, regel, _, echt in gesprek:
            if 'Traceback' in echt:
                raise LesFout(nummer, f'`{regel}` mislukt: {echt.splitlines()[-1]}', echt)


def klaargezet(hoofdstuk: Hoofdstuk) -> set[int]:
    """De regels in een tabel van stap 0: een .venv maken en installeren is al gebeurd."""
    tabellen = (b for b in hoofdstuk.blokken if b.soort == 'tabel' and not hoofdstuk.nummer)
    return {nummer for blok in tabellen for nummer, _ in blok.regels}


def _zonder_gevolg(hoofdstuk: Hoofdstuk) -> set[int]:
    """De regels van de opdrachten en shellblokken die je kunt overslaan."""
    overslaan, upgrade, op_server = set(), None, False
    for blok in hoofdstuk.blokken:
        if blok.soort == 'pycon':
            mislukt = any(MISLUKT.match(regel) for _, regel in blok.regels)
            if op_server or mislukt or '.commit()' not in blok.tekst():
                overslaan.add(blok.regels[0][0])
                continue
        for nummer, opdracht, getoond in opdrachten(blok):
            lezen = opdracht[0] == 'flask' and not VERANDERT & set(opdracht[2:3])
            lezen = lezen or opdracht[0] in ('pytest', 'python')
            # Wat naar een server gaat, verandert niets in de map; zo is er hier geen server nodig.
            if opdracht[-1].startswith(SERVER):
                op_server = opdracht[0] == 'export'
                overslaan.add(nummer)
            elif op_server or lezen or any(MISLUKT.match(regel) for _, regel in getoond):
                overslaan.add(nummer)
            elif opdracht[2:] == ['downgrade'] and upgrade:
                overslaan |= {upgrade, nummer}
                upgrade = None
            else:
                upgrade = nummer if opdracht[2:] == ['upgrade'] else None
        if blok.soort == 'pycon' or blok.hl_lines is not None:
            upgrade = None
    return overslaan


def _mislukt(regel: int, opdracht: list[str], resultaat: subprocess.CompletedProcess) -> LesFout:
    laatste = (resultaat.stdout.strip().splitlines() or ['er is geen uitvoer'])[-1]
    return LesFout(regel, f'`{shlex.join(opdracht)}` mislukt: {laatste}', resultaat.stdout)


def _het_ene(regel: int, pad: str, gevonden: list[Path]) -> Path:
    if len(gevonden) != 1:
        raise _niet_een(regel, pad, gevonden)
    return gevonden[0]


def _niet_een(regel: int, pad: str, gevonden: list[Path]) -> LesFout:
    return LesFout(regel, f'bij {pad} horen {len(gevonden)} bestanden, het moet er 1 zijn.')


def lees(naam: str) -> list[Hoofdstuk]:
    """De hoofdstukken van LEERLING.md of VERDIEPING.md."""
    try:
        return lees_les((PROJECT / naam).read_text(encoding='utf-8'))
    except LesFout as fout:
        fout.bestand = naam
        raise


def speel_tot(doel: Path, tot: str) -> str:
    """Speelt de les in `doel` tot en met een stap of deel, en geeft daarvan de naam.

    Bij '0' is er alleen de module.
    """
    hoofdstukken = lees(LES)[: int(DELEN_NA if tot in DELEN else tot) + 1]
    if tot in DELEN:
        hoofdstukken.append(lees(VERDIEPING)[DELEN.index(tot)])
    speler = Speler(doel)
    for hoofdstuk in hoofdstukken:
        if hoofdstuk.nummer:
            print(f'{hoofdstuk.naam:<7}  {hoofdstuk.titel}', flush=True)
        speler.speel(hoofdstuk)
    return hoofdstuk.naam


def zet_klaar(doel: Path) -> None:
    """Zet in `doel` wat een leerling naast zijn eigen werk nodig heeft."""
    for bestand in [pad for patroon in BESTANDEN + CONTROLE for pad in PROJECT.glob(patroon)]:
        # klas.py is voor de docent.
        if bestand.is_file() and not {'__pycache__', 'klas.py'} & set(bestand.parts):
            kopie = doel / bestand.relative_to(PROJECT)
            kopie.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(bestand, kopie)


# --- Een nieuwe map, of terug in je eigen map ---------------------------------------------------


def _weigering(doel: Path) -> str | None:
    """Waarom deze MAP niet kan, of None als het kan; laat niets achter."""
    try:
        if doel.is_dir():
            if any(doel.iterdir()):
                return f"De map '{doel}' is niet leeg; kies een nieuwe map."
            tempfile.TemporaryFile(dir=doel).close()
        elif doel.exists():
            return f"'{doel}' is een bestand, geen map; kies een nieuwe map."
        else:
            doel.mkdir()
            doel.rmdir()
    except OSError:
        return f"De map '{doel}' kan ik niet maken of vullen; kies een andere plek."
    return None


def maak(doel: Path, tot: str) -> int:
    """Maakt een nieuwe map; geeft de exit status."""
    try:
        doel.mkdir(exist_ok=True)
        zet_klaar(doel)
        # De module komt uit stap 0 van de les: die in deze map kan al verder zijn.
        naam = speel_tot(doel.resolve(), tot)
    except (LesFout, OSError) as fout:
        print(f"De map '{doel}' is niet af. {fout}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Afgebroken: de map '{doel}' is niet af.", file=sys.stderr)
        return 130
    print(f"Klaar: '{doel}' is zoals na {naam}.")
    return 0


def ga_terug(tot: str) -> int:
    """Zet de eigen map terug; geeft de exit status."""
    try:
        if herstel(PROJECT):
            print('De vorige keer is dit afgebroken. Dat is nu eerst afgemaakt: wat je toen had,')
            print('staat in een map `oud`.')
        bouw = PROJECT / WERKMAP / 'bouw'
        bouw.mkdir(parents=True)
        naam = speel_tot(bouw, tot)
        # Het verplaatsen duurt zo kort, dat Ctrl-C daarop wacht.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        oud = wissel(PROJECT, bouw)
    except (LesFout, OSError, KeyboardInterrupt) as fout:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print(_wat_er_misging(fout), _hoe_het_nu_is(), sep='\n', file=sys.stderr)
        return 130 if isinstance(fout, KeyboardInterrupt) else 1
    print(f'Klaar: deze map is zoals na {naam}.')
    print(f'Wat je had, met je eigen rijen, staat in `{oud.name}`.')
    return 0


def _wat_er_misging(fout: BaseException) -> str:
    if isinstance(fout, KeyboardInterrupt):
        return 'Afgebroken.'
    if VOL.search(f'{fout} {getattr(fout, "uitvoer", "")}'):
        return 'De schijf is vol. Maak ruimte, en typ dit nog een keer.'
    if isinstance(fout, PermissionError):
        naam = Path(str(fout.filename)).name
        if naam in ONDERDELEN:
            return (
                f'Ik kan `{naam}` niet verplaatsen. Sluit wat het open heeft, zoals\n'
                '`flask shell` en DB Browser, en typ dit nog een keer.'
            )
        return f"In de map '{PROJECT}' mag ik niets maken of verplaatsen."
    return f'Het lukte niet. {fout}'


def _hoe_het_nu_is() -> str:
    """Ruimt op na een fout, en zegt wat er nu staat."""
    try:
        if herstel(PROJECT):
            return 'De nieuwe bestanden staan er al wel. Wat je had, staat in een map `oud`.'
    except OSError:
        return 'Nog niet alles staat op zijn plaats: dat komt goed als je dit nog een keer typt.'
    return 'Er is niets veranderd.'


def main(argumenten: list[str]) -> int:
    # Een terminal die een teken niet kent, toont een vraagteken.
    for stroom in (sys.stdout, sys.stderr):
        stroom.reconfigure(errors='replace')
    match argumenten:
        case ['-h' | '--help']:
            print(__doc__.strip())
            return 0
        case ['--terug', tot]:
            doel = None
        case [str(naam), '--tot', tot] | ['--tot', tot, str(naam)] if not naam.startswith('-'):
            doel = Path(naam)
        case _:
            print(GEBRUIK, file=sys.stderr)
            return 2
    if tot not in (*map(str, range(LAATSTE + 1)), *DELEN):
        weigering = (
            f'Geef als N een getal van 0 tot en met {LAATSTE}, of een letter van {DELEN[0]} tot en '
            f"met {DELEN[-1]}, niet '{tot}'."
        )
    else:
        opnieuw = subprocess.list2cmdline(['python', 'tests/speel_les.py', *argumenten])
        weigering = zonder_pakketten(opnieuw) or (doel and _weigering(doel))
    if weigering:
        print(weigering, file=sys.stderr)
        return 2
    return maak(doel, tot) if doel else ga_terug(tot)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
