"""Speelt LEERLING.md na en maakt zo een oefenmap zoals die er na een stap uitziet.

    python tests/speel_les.py MAP --tot N

MAP is een nieuwe of lege map en N een stap van 0 tot en met 10. Wat er in de map komt,
staat alleen in LEERLING.md: de codeblokken en opdrachten daar zijn de uitwerking.
"""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from stappen import STAPPEN

PROJECT = Path(__file__).resolve().parent.parent
LAATSTE_STAP = len(STAPPEN)
GEBRUIK = f'Gebruik: python tests/speel_les.py MAP --tot N, met N van 0 tot en met {LAATSTE_STAP}.'

# Langer doet geen opdracht uit de les erover.
TIJDSLIMIET = 120

# De kop van een tabel met opdrachten die per systeem verschillen.
SYSTEMEN = ['macOS/Linux', 'Windows (cmd)', 'PowerShell']

# Alleen deze opdrachten van flask db veranderen iets.
VERANDERT = {'init', 'migrate', 'upgrade', 'downgrade', 'revision'}

# Hieraan zie je dat de les een opdracht laat mislukken.
MISLUKT = re.compile(r'(Error: |ERROR |Traceback|✗|[\w.]+(Error|Exception): )')

# Wat van de omgeving de uitkomst zou veranderen: de leerling heeft het ook niet staan.
WEG_UIT_OMGEVING = re.compile(
    r'FLASK_|PYTEST_|PY_COLORS|FORCE_COLOR|SQLALCHEMY_'
    r'|PYTHON(STARTUP|WARNINGS|IOENCODING|INSPECT|OPTIMIZE|_COLORS)'
)


class LesFout(Exception):
    """De les kan niet verder; `regel` is de regel in LEERLING.md."""

    def __init__(self, regel: int, melding: str):
        super().__init__(f'LEERLING.md, regel {regel}: {melding}')
        self.regel = regel


@dataclass(frozen=True)
class Blok:
    """Een codeblok of tabel; `soort` is de taal van het blok, of 'tabel'."""

    soort: str
    # De regels van de inhoud, elk met zijn regelnummer in LEERLING.md.
    regels: list[tuple[int, str]]
    titel: str = ''
    # De opgelichte regels, of None als het blok alleen laat zien wat er al staat.
    hl_lines: str | None = None

    def tekst(self) -> str:
        return ''.join(regel + '\n' for _, regel in self.regels)

    def cellen(self) -> list[tuple[int, list[str]]]:
        """De rijen van een tabel zonder de kop, elk met haar regelnummer."""
        return [(nummer, rijcellen(regel)) for nummer, regel in self.regels[2:]]


@dataclass(frozen=True)
class Hoofdstuk:
    """Een stap in LEERLING.md: de kop, alle regels en de blokken daarin."""

    nummer: int
    titel: str
    regels: list[tuple[int, str]] = field(default_factory=list)
    blokken: list[Blok] = field(default_factory=list)


def rijcellen(regel: str) -> list[str]:
    return [cel.strip() for cel in regel.strip().strip('|').split('|')]


def lees_les(tekst: str) -> list[Hoofdstuk]:
    """De hoofdstukken van de les, van stap 0 af."""
    hoofdstukken = []
    for nummer, regel in enumerate(tekst.splitlines(), start=1):
        kop = re.fullmatch(r'## Stap (\d+)\. (.+)', regel)
        if kop:
            if int(kop[1]) != len(hoofdstukken):
                raise LesFout(nummer, f'hier hoort stap {len(hoofdstukken)} te beginnen.')
            hoofdstukken.append(Hoofdstuk(int(kop[1]), kop[2]))
        elif regel.startswith('## ') and hoofdstukken:
            # Wat na de stappen komt, hoort niet bij de laatste stap.
            break
        if hoofdstukken:
            hoofdstukken[-1].regels.append((nummer, regel))
    for hoofdstuk in hoofdstukken:
        hoofdstuk.blokken.extend(_blokken(hoofdstuk.regels))
    return hoofdstukken


def _blokken(regels: list[tuple[int, str]]) -> Iterator[Blok]:
    plek = 0
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
            kenmerken = dict(re.findall(r'(\w+)="([^"]*)"', regel))
            yield Blok(
                regel[3:].split(' ')[0],
                regels[begin:plek],
                kenmerken.get('title', ''),
                kenmerken.get('hl_lines'),
            )
            plek += 1
        elif regel.startswith('|'):
            while plek < len(regels) and regels[plek][1].startswith('|'):
                plek += 1
            yield Blok('tabel', regels[begin - 1 : plek])


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


def draai(
    delen: list[str], werkmap: Path, omgeving: dict[str, str], invoer: str = ''
) -> subprocess.CompletedProcess:
    """Draait een opdracht als `flask` of `pytest`; stdout en stderr komen door elkaar."""
    return subprocess.run(
        [sys.executable, '-m', *delen],
        cwd=werkmap,
        env=omgeving,
        input=invoer,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding='utf-8',
        errors='replace',
        timeout=TIJDSLIMIET,
    )


def vergelijk(getoond: list[tuple[int, str]], echt: list[str], begin: int) -> LesFout | None:
    """De eerste regel in de les die anders is dan wat er echt komt.

    `...` op een regel staat voor nul of meer regels, in een regel voor willekeurige tekst.
    `begin` is de regel in LEERLING.md waar de opdracht staat.
    """
    plekken = {0}
    for nummer, regel in getoond:
        if regel == '...':
            verder = set(range(min(plekken), len(echt) + 1))
        else:
            patroon = '.*'.join(re.escape(deel) for deel in regel.rstrip().split('...'))
            verder = {
                plek + 1
                for plek in plekken
                if plek < len(echt) and re.fullmatch(patroon, echt[plek].rstrip())
            }
        if not verder:
            if len(plekken) > 1:
                werkelijk = 'komt die regel niet'
            elif plekken == {len(echt)}:
                werkelijk = 'komt er niets meer'
            else:
                werkelijk = f'komt `{echt[min(plekken)]}`'
            return LesFout(nummer, f'hier staat `{regel}`, maar in het echt {werkelijk}.')
        plekken = verder
        begin = nummer
    if len(echt) not in plekken:
        return LesFout(begin, f'na deze regel komt in het echt nog `{echt[max(plekken)]}`.')
    return None


@dataclass(frozen=True)
class Definitie:
    """Een klasse, functie of losse regel: waar hij staat, met en zonder commentaar erboven."""

    naam: str
    commentaar: int
    begin: int
    eind: int


def _definities(regels: list[str]) -> list[Definitie]:
    gevonden = []
    for knoop in ast.parse('\n'.join(regels)).body:
        if isinstance(knoop, ast.ClassDef | ast.FunctionDef):
            naam = knoop.name
        elif isinstance(knoop, ast.Assign):
            naam = ast.unparse(knoop.targets[0])
        else:
            naam = ast.unparse(knoop)
        begin = commentaar = knoop.lineno - 1
        while commentaar and regels[commentaar - 1].startswith('#'):
            commentaar -= 1
        eind = knoop.end_lineno
        # Commentaar onderaan in een functie hoort er nog bij, maar staat niet in de boom.
        for plek in range(eind, len(regels)):
            if regels[plek].strip() and not regels[plek].startswith(' '):
                break
            if regels[plek].strip():
                eind = plek + 1
        gevonden.append(Definitie(naam, commentaar, begin, eind))
    return gevonden


def _nieuwe_regels(oud: list[str], nieuw: list[str]) -> set[int]:
    """Welke regels van `nieuw` niet in `oud` staan; lege regels tellen niet."""
    stukken = SequenceMatcher(None, oud, nieuw, autojunk=False).get_opcodes()
    return {
        plek
        for soort, _, _, van, tot in stukken
        if soort in ('insert', 'replace')
        for plek in range(van, tot)
        if nieuw[plek].strip()
    }


def voeg_in(bestand: list[str], blok: list[str]) -> tuple[list[str], set[int]]:
    """Het bestand met de definities uit het blok, en welke regels van het blok nieuw zijn."""
    bestand = list(bestand)
    nieuw = set()
    stukken = _definities(blok)
    for volgnummer, stuk in enumerate(stukken):
        regels = blok[stuk.commentaar : stuk.eind]
        staat_er = {definitie.naam: definitie for definitie in _definities(bestand)}
        oud = staat_er.get(stuk.naam)
        volgende = next((s for s in stukken[volgnummer + 1 :] if s.naam in staat_er), None)
        if oud:
            # Zonder commentaar in het blok blijft het commentaar in het bestand staan.
            begin = oud.begin if stuk.commentaar == stuk.begin else oud.commentaar
            anders = _nieuwe_regels(bestand[begin : oud.eind], regels)
            bestand[begin : oud.eind] = regels
        else:
            anders = set(range(len(regels)))
            if volgende:
                wit = blok[stuk.eind : stukken[volgnummer + 1].commentaar]
                plek = staat_er[volgende.naam].commentaar
                bestand[plek:plek] = regels + wit
            elif volgnummer:
                vorige = stukken[volgnummer - 1]
                plek = staat_er[vorige.naam].eind
                bestand[plek:plek] = blok[vorige.eind : stuk.commentaar] + regels
            else:
                bestand += ['', '', *regels]
        nieuw |= {stuk.commentaar + plek for plek in anders}
    return bestand, nieuw


class Speler:
    """Speelt stappen in een map. Met `alles` vergelijkt hij ook wat de les laat zien.

    Zonder `alles` slaat hij over wat niets verandert: lezen, wat hoort te mislukken, en een
    upgrade met de downgrade die hem meteen weer ongedaan maakt.
    """

    def __init__(self, werkmap: Path, alles: bool):
        self.map = werkmap
        self.alles = alles
        self.omgeving = omgeving()
        # De regels van de opdrachten die hij overslaat.
        self.overslaan = set()

    def speel(self, les: list[Hoofdstuk], nummer: int) -> Iterator[LesFout]:
        """Speelt één stap; geeft elke afwijking van de tekst zodra hij haar ziet.

        Op `pytest` na: dat verandert niets, en kan dus later met `controleer`.
        """
        self._zet_flask_app(les[:nummer])
        if not self.alles:
            self.overslaan = _zonder_gevolg(les[nummer])
        for blok in les[nummer].blokken:
            if blok.soort == 'python' and blok.titel:
                yield from self._python(blok)
            elif blok.soort == 'console':
                yield from self._console(blok)
            elif blok.soort == 'pycon':
                yield from self._pycon(blok)
            elif blok.soort == 'tabel' and rijcellen(blok.regels[0][1]) == SYSTEMEN and nummer:
                # Wat in stap 0 staat (een .venv maken, installeren), is al gebeurd.
                self._tabel(blok)

    def controleer(self, hoofdstuk: Hoofdstuk) -> tuple[str, list[LesFout]]:
        """Draait de `pytest` van een stap; geeft wat die afdrukt en wat de tekst anders heeft."""
        uitvoer, afwijkingen = '', []
        for blok in hoofdstuk.blokken:
            for nummer, opdracht, getoond in _opdrachten(blok):
                if opdracht[0] == 'pytest':
                    resultaat = self._draai(opdracht, nummer)
                    uitvoer += resultaat.stdout
                    afwijkingen += self._oordeel(nummer, opdracht, getoond, resultaat)
        return uitvoer, afwijkingen

    def _zet_flask_app(self, eerder: list[Hoofdstuk]) -> None:
        """Het terminalvenster van de vorige stappen staat nog open."""
        for hoofdstuk in eerder:
            for blok in hoofdstuk.blokken:
                for _, regel in blok.regels if blok.soort == 'tabel' else []:
                    if 'export FLASK_APP=' in regel:
                        self._export(rijcellen(regel)[0].strip('`').split())

    def _export(self, delen: list[str]) -> None:
        naam, _, waarde = delen[1].partition('=')
        self.omgeving[naam] = waarde

    # -- code -----------------------------------------------------------------------------

    def _python(self, blok: Blok) -> Iterator[LesFout]:
        kop = blok.regels[0][0] - 1
        bestand = self._bestand(blok.titel, kop)
        if blok.hl_lines is None:
            # Zonder hl_lines is er niets nieuws: het blok laat zien wat er al staat.
            if not bestand.exists():
                bestand.write_text(blok.tekst(), encoding='utf-8')
            elif self.alles:
                rand = (kop, '...')
                echt = bestand.read_text(encoding='utf-8').splitlines()
                if afwijking := vergelijk([rand, *blok.regels, rand], echt, kop):
                    yield afwijking
            return

        regels = [regel for _, regel in blok.regels]
        try:
            oud = bestand.read_text(encoding='utf-8').splitlines()
            inhoud, nieuw = voeg_in(oud, regels)
        except SyntaxError as fout:
            raise LesFout(kop, f'hier staat geen geldige Python: {fout}.') from fout
        bestand.write_text('\n'.join(inhoud) + '\n', encoding='utf-8')
        if self.alles:
            opgelicht = _opgelicht(blok.hl_lines)
            for plek in sorted(nieuw ^ opgelicht):
                wat = 'is nieuw en hoort in' if plek in nieuw else 'is niet nieuw, maar staat in'
                yield LesFout(
                    blok.regels[plek][0] if plek < len(regels) else kop,
                    f'regel {plek + 1} van dit blok {wat} hl_lines.',
                )

    def _bestand(self, titel: str, regel: int) -> Path:
        """Het bestand bij een titel; `..._x.py` is het ene script dat zo eindigt."""
        if '...' not in titel:
            return self.map / titel
        gevonden = list(self.map.glob(titel.replace('...', '*')))
        if len(gevonden) != 1:
            raise LesFout(
                regel, f'bij {titel} horen {len(gevonden)} bestanden, het moet er 1 zijn.'
            )
        return gevonden[0]

    # -- opdrachten -----------------------------------------------------------------------

    def _console(self, blok: Blok) -> Iterator[LesFout]:
        for nummer, opdracht, getoond in _opdrachten(blok):
            if opdracht[0] != 'pytest' and nummer not in self.overslaan:
                resultaat = self._voer_uit(opdracht, nummer)
                yield from self._oordeel(nummer, opdracht, getoond, resultaat)

    def _tabel(self, blok: Blok) -> None:
        for nummer, cellen in blok.cellen():
            opdracht = shlex.split(cellen[0].strip('`'))
            resultaat = self._voer_uit(opdracht, nummer)
            if resultaat and resultaat.returncode:
                raise _mislukt(nummer, opdracht, resultaat)

    def _voer_uit(self, delen: list[str], regel: int) -> subprocess.CompletedProcess | None:
        """Voert een opdracht uit de les uit; wat hij niet kent, is een fout in de tekst."""
        match delen:
            case ['flask', *_]:
                return self._draai(delen, regel)
            case ['export', toekenning] if toekenning.startswith('FLASK_APP='):
                self._export(delen)
            case ['rm', '-r', *paden] | ['rm', *paden]:
                for pad in paden:
                    self._verwijder(pad, regel)
            case ['cp', van, naar]:
                if not (self.map / van).is_file():
                    raise LesFout(regel, f'er is geen {van} om te kopiëren.')
                shutil.copyfile(self.map / van, self.map / naar)
            case _:
                raise LesFout(regel, f'de opdracht `{shlex.join(delen)}` ken ik niet.')
        return None

    def _draai(self, delen: list[str], regel: int, invoer: str = '') -> subprocess.CompletedProcess:
        try:
            resultaat = draai(delen, self.map, self.omgeving, invoer)
        except subprocess.TimeoutExpired:
            tekst = f'`{shlex.join(delen)}` is na {TIJDSLIMIET} seconden nog niet klaar.'
            raise LesFout(regel, tekst) from None
        return resultaat

    def _verwijder(self, pad: str, regel: int) -> None:
        gevonden = list(self.map.glob(pad))
        # Zonder vergelijken begint de map leeg: dan is er soms nog niets om weg te gooien.
        if len(gevonden) != 1 and (self.alles or gevonden):
            raise LesFout(regel, f'bij {pad} horen {len(gevonden)} bestanden, het moet er 1 zijn.')
        for doel in gevonden:
            if doel.is_dir():
                shutil.rmtree(doel)
            else:
                doel.unlink()

    def _oordeel(
        self,
        regel: int,
        opdracht: list[str],
        getoond: list[tuple[int, str]],
        resultaat: subprocess.CompletedProcess | None,
    ) -> Iterator[LesFout]:
        code, uitvoer = (resultaat.returncode, resultaat.stdout) if resultaat else (0, '')
        if not self.alles:
            if code:
                raise _mislukt(regel, opdracht, resultaat)
            return
        if afwijking := vergelijk(getoond, uitvoer.splitlines(), regel):
            yield afwijking
        elif bool(code) != any(MISLUKT.match(tekst) for _, tekst in getoond):
            naam = shlex.join(opdracht)
            yield LesFout(regel, f'`{naam}` eindigt met {code}; dat laat de tekst niet zien.')

    # -- flask shell ----------------------------------------------------------------------

    def _pycon(self, blok: Blok) -> Iterator[LesFout]:
        eerste = blok.regels[0][0]
        if eerste in self.overslaan:
            return
        invoer = list(_invoer_en_uitvoer(blok, '>>> '))
        typen = ''.join(regel + '\n' for _, regel, _ in invoer)
        resultaat = self._draai(['flask', 'shell'], eerste, typen)
        # Wat voor de eerste >>> staat, is de begroeting van de shell.
        uitvoer = resultaat.stdout.split('>>> ')[1:]
        if resultaat.returncode or len(uitvoer) < len(invoer):
            raise _mislukt(eerste, ['flask', 'shell'], resultaat)
        for (nummer, regel, getoond), echt in zip(invoer, uitvoer, strict=False):
            if not self.alles and 'Traceback' in echt:
                raise LesFout(nummer, f'`{regel}` mislukt: {echt.splitlines()[-1]}')
            # Na exit() neemt de ene Python afscheid met een regel, de andere zwijgt.
            if self.alles and regel != 'exit()':
                afwijking = vergelijk(getoond, echt.splitlines(), nummer)
                if afwijking:
                    yield afwijking


def _opgelicht(hl_lines: str) -> set[int]:
    """'2 4-5' als {1, 3, 4}: hl_lines telt vanaf 1."""
    plekken = set()
    for stuk in hl_lines.split():
        van, _, tot = stuk.partition('-')
        plekken |= set(range(int(van) - 1, int(tot or van)))
    return plekken


def _invoer_en_uitvoer(blok: Blok, teken: str) -> Iterator[tuple[int, str, list]]:
    """Elke ingetypte regel met zijn regelnummer en wat de les eronder laat zien."""
    nummer, invoer, uitvoer = blok.regels[0][0], None, []
    for regel in blok.regels:
        if regel[1].startswith(teken):
            if invoer is not None:
                yield nummer, invoer, uitvoer
            nummer, invoer, uitvoer = regel[0], regel[1].removeprefix(teken), []
        else:
            uitvoer.append(regel)
    if invoer is None:
        raise LesFout(nummer, f'dit blok heeft geen regel die met `{teken.strip()}` begint.')
    yield nummer, invoer, uitvoer


def _opdrachten(blok: Blok) -> Iterator[tuple[int, list[str], list]]:
    """De opdrachten in een consoleblok; andere blokken hebben er geen."""
    if blok.soort == 'console':
        for nummer, opdracht, getoond in _invoer_en_uitvoer(blok, '$ '):
            yield nummer, shlex.split(opdracht), getoond


def _zonder_gevolg(hoofdstuk: Hoofdstuk) -> set[int]:
    """De regels van de opdrachten en shellblokken die je kunt overslaan."""
    overslaan, upgrade = set(), None
    for blok in hoofdstuk.blokken:
        if blok.soort == 'pycon':
            mislukt = any(MISLUKT.match(regel) for _, regel in blok.regels)
            if mislukt or '.commit()' not in blok.tekst():
                overslaan.add(blok.regels[0][0])
                continue
        for nummer, opdracht, getoond in _opdrachten(blok):
            lezen = opdracht[0] == 'flask' and not VERANDERT & set(opdracht[2:3])
            if lezen or any(MISLUKT.match(regel) for _, regel in getoond):
                overslaan.add(nummer)
            elif opdracht[2:] == ['downgrade'] and upgrade:
                overslaan |= {upgrade, nummer}
                upgrade = None
            else:
                upgrade = nummer if opdracht[2:] == ['upgrade'] else None
        if blok.soort in ('pycon', 'tabel') or blok.hl_lines is not None:
            upgrade = None
    return overslaan


def _mislukt(regel: int, opdracht: list[str], resultaat: subprocess.CompletedProcess) -> LesFout:
    laatste = (resultaat.stdout.strip().splitlines() or ['er is geen uitvoer'])[-1]
    return LesFout(regel, f'`{shlex.join(opdracht)}` mislukt: {laatste}')


def vul_map(doel: Path) -> list[Hoofdstuk]:
    """Zet in `doel` wat een leerling nodig heeft, zoals voor stap 1; geeft de les terug."""
    les = lees_les((PROJECT / 'LEERLING.md').read_text(encoding='utf-8'))
    for naam in ('LEERLING.md', 'requirements.txt', 'pyproject.toml', '.gitignore'):
        shutil.copyfile(PROJECT / naam, doel / naam)
    (doel / 'tests').mkdir()
    for bestand in (PROJECT / 'tests').glob('*.py'):
        shutil.copyfile(bestand, doel / 'tests' / bestand.name)
    # De module komt uit stap 0 van de les: die in deze map kan al verder zijn.
    for _ in Speler(doel, alles=False).speel(les, 0):
        pass
    return les


def _weigering(doel: Path, tot: str) -> str | None:
    """Waarom deze MAP of deze N niet kan, of None als het kan; laat niets achter."""
    if not re.fullmatch('[0-9]+', tot) or int(tot) > LAATSTE_STAP:
        return f"Geef na --tot een getal van 0 tot en met {LAATSTE_STAP}, niet '{tot}'."
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


def main(argumenten: list[str]) -> int:
    # Een terminal die een teken niet kent, toont een vraagteken.
    for stroom in (sys.stdout, sys.stderr):
        stroom.reconfigure(errors='replace')
    match argumenten:
        case ['-h' | '--help']:
            print(__doc__.strip())
            return 0
        case [str(naam), '--tot', tot] | ['--tot', tot, str(naam)] if not naam.startswith('-'):
            doel = Path(naam)
        case _:
            print(GEBRUIK, file=sys.stderr)
            return 2
    if weigering := _weigering(doel, tot):
        print(weigering, file=sys.stderr)
        return 2
    try:
        doel.mkdir(exist_ok=True)
        les = vul_map(doel.resolve())
        speler = Speler(doel.resolve(), alles=False)
        for nummer in range(1, int(tot) + 1):
            print(f'stap {nummer:<2}  {les[nummer].titel}', flush=True)
            for afwijking in speler.speel(les, nummer):
                raise afwijking
    except (LesFout, OSError) as fout:
        print(f"De map '{doel}' is niet af. {fout}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Afgebroken: de map '{doel}' is niet af.", file=sys.stderr)
        return 130
    print(f"Klaar: '{doel}' is zoals na stap {tot}.")
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
