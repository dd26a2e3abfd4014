"""Speelt de les helemaal, en vergelijkt wat zij laat zien met wat er echt komt."""

import os
import re
import shlex
import sys
import sysconfig
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from subprocess import CompletedProcess

from controle.tabellen import lees_database
from postgresql import sql_in, verse_server
from shells import Shell
from speel_les import MISLUKT, Speler, klaargezet
from spelen.invoegen import definities, plaats
from spelen.lestekst import SYSTEMEN, Blok, Hoofdstuk, LesFout, opdrachten, rijcellen
from stappen import DATABASE, VRIJ, Kolom, kolommen_na

# Wat de database van een kolom weet; de rest van een Kolom is kennis van de les.
KENMERKEN = ('type', 'null', 'standaard', 'uniek', 'index', 'sleutel', 'verwijst_naar')

# Wat in een venster blijft gelden: een variabele, en de virtuele omgeving.
BLIJFT_GELDEN = re.compile(
    r'export |unset |set |\$env:|Remove-Item Env:|.*\bactivate', re.IGNORECASE
)


class Vergelijker(Speler):
    """Een speler die niets overslaat, en elke afwijking van de tekst meldt en doorgaat."""

    def __init__(self, werkmap: Path):
        super().__init__(werkmap)
        self.afwijkingen: list[LesFout] = []

    def meld(self, afwijking: LesFout, uitvoer: str = '') -> None:
        afwijking.uitvoer = afwijking.uitvoer or uitvoer
        afwijking.bestand = self.hoofdstuk.bestand
        self.afwijkingen.append(afwijking)

    def speel(self, hoofdstuk: Hoofdstuk) -> None:
        self.hoofdstuk = hoofdstuk
        if sql_in(hoofdstuk):
            self.omgeving |= verse_server(hoofdstuk)
        super().speel(hoofdstuk)

    def speel_na(self, les: list[Hoofdstuk]) -> None:
        """Speelt het laatste hoofdstuk, op `pytest` na, in het terminalvenster van die ervoor."""
        for eerder in les[:-1]:
            self.hoofdstuk = eerder
            for blok in eerder.blokken:
                for regel, opdracht, _ in opdrachten(blok):
                    if opdracht[0] == 'export':
                        self._voer_uit(opdracht, regel)
        self.speel(les[-1])

    def controleer(self, hoofdstuk: Hoofdstuk) -> str:
        """Draait de `pytest` van een stap: dat verandert niets, en kan dus ook later."""
        self.hoofdstuk = hoofdstuk
        uitvoer = ''
        for regel, opdracht, getoond in _controles(hoofdstuk):
            resultaat = self._voer_uit(opdracht, regel)
            self._oordeel(regel, opdracht, getoond, resultaat)
            uitvoer += resultaat.stdout
        return uitvoer

    def _overslaan(self, hoofdstuk: Hoofdstuk) -> set[int]:
        return klaargezet(hoofdstuk) | {regel for regel, _, _ in _controles(hoofdstuk)}

    def _python(self, blok: Blok) -> None:
        kop = blok.regels[0][0] - 1
        bestand = self._bestand(blok)
        regels = [regel for _, regel in blok.regels]
        is_er = bestand.exists()
        # Alleen met een blok waarin elke regel nieuw is, maakt de les een bestand.
        if not is_er and _opgelicht(blok.hl_lines or '') != nieuw_in([], regels):
            raise LesFout(kop, f'er is geen {blok.titel}.')
        oud = bestand.read_text(encoding='utf-8').splitlines() if is_er else []
        super()._python(blok)
        if blok.hl_lines is None:
            rand = (kop, '...')
            if afwijking := vergelijk([rand, *blok.regels, rand], oud, kop):
                self.meld(afwijking, '\n'.join(oud))
            return
        nieuw = nieuw_in(oud, regels)
        for plek in sorted(nieuw ^ _opgelicht(blok.hl_lines)):
            wat = 'is nieuw en hoort in' if plek in nieuw else 'is niet nieuw, maar staat in'
            regel = blok.regels[plek][0] if plek < len(regels) else kop
            self.meld(LesFout(regel, f'regel {plek + 1} van dit blok {wat} hl_lines.'))

    def _verwijder(self, pad: str, regel: int) -> None:
        # Deze map is de uitgedeelde: wat de les weggooit, is er.
        if not any(self.hier.glob(pad)):
            raise LesFout(regel, f'er is geen {pad} om weg te gooien.')
        super()._verwijder(pad, regel)

    def _oordeel(
        self, regel: int, opdracht: list[str], getoond: list, resultaat: CompletedProcess
    ) -> None:
        code, uitvoer = resultaat.returncode, resultaat.stdout
        afwijking = vergelijk(getoond, uitvoer.splitlines(), regel)
        if not afwijking and bool(code) != any(MISLUKT.match(tekst) for _, tekst in getoond):
            melding = f'`{shlex.join(opdracht)}` eindigt met {code}; dat laat de tekst niet zien.'
            afwijking = LesFout(regel, melding)
        if afwijking:
            self.meld(afwijking, uitvoer)

    def _gesprek(self, gesprek: list[tuple[int, str, list, str]]) -> None:
        uitvoer = '\n'.join(f'>>> {regel}\n{echt}'.rstrip() for _, regel, _, echt in gesprek)
        for nummer, regel, getoond, echt in gesprek:
            # Na exit() neemt de ene Python afscheid met een regel, de andere zwijgt.
            afwijking = regel != 'exit()' and vergelijk(getoond, echt.splitlines(), nummer)
            if afwijking:
                self.meld(afwijking, uitvoer)
                # Eén keer is genoeg, ook als er meer regels anders zijn.
                uitvoer = ''


class InEenShell(Vergelijker):
    """Een vergelijker die elke opdracht typt zoals zij er staat, in een echte shell."""

    def __init__(self, werkmap: Path, shell: Shell):
        super().__init__(werkmap)
        self.shell = shell
        # Wat in dit venster blijft gelden.
        self.geldt: list[str] = []
        # Het venster heeft de Python van deze test.
        python, programmas = Path(sys.executable).parent, sysconfig.get_path('scripts')
        zoekpad = [programmas, str(python), self.omgeving['PATH']]
        self.omgeving['PATH'] = os.pathsep.join(zoekpad)

    def _voer_uit(self, delen: list[str], regel: int) -> CompletedProcess:
        opdracht = dict(self.hoofdstuk.regels)[regel].removeprefix('$ ')
        if opdracht.startswith('|'):
            opdracht = rijcellen(opdracht)[SYSTEMEN.index(self.shell.kolom)].strip('`')
        opdracht = re.sub(r'<\w+>', lambda naam: self._met_revisies(naam[0], regel), opdracht)
        resultaat = self._draai([opdracht], regel)
        if BLIJFT_GELDEN.match(opdracht):
            self.geldt.append(opdracht)
        if delen[0] == 'cd':
            super()._voer_uit(delen, regel)
        return resultaat

    def _proces(self, delen: list[str], invoer: str) -> CompletedProcess:
        opdrachten = [*self.geldt, ' '.join(delen)]
        return self.shell.draai(opdrachten, self.hier, self.omgeving, invoer)


def _controles(hoofdstuk: Hoofdstuk) -> Iterator[tuple[int, list[str], list]]:
    for blok in hoofdstuk.blokken:
        for regel, opdracht, getoond in opdrachten(blok):
            if opdracht[0] == 'pytest':
                yield regel, opdracht, getoond


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


def nieuw_in(bestand: list[str], blok: list[str]) -> set[int]:
    """Welke regels van het blok nieuw zijn in het bestand; lege regels tellen niet."""
    staat_er = {definitie.naam: definitie for definitie in definities(bestand)}
    nieuw = set()
    for stuk in definities(blok):
        if stuk.naam not in staat_er:
            nieuw |= set(range(stuk.commentaar, stuk.eind))
            continue
        regels = blok[stuk.commentaar : stuk.eind]
        was = bestand[plaats(staat_er[stuk.naam], stuk)]
        for soort, _, _, van, tot in SequenceMatcher(None, was, regels, False).get_opcodes():
            if soort in ('insert', 'replace'):
                nieuw |= {
                    stuk.commentaar + plek for plek in range(van, tot) if regels[plek].strip()
                }
    return nieuw


def _opgelicht(hl_lines: str) -> set[int]:
    """'2 4-5' als {1, 3, 4}: hl_lines telt vanaf 1."""
    plekken = set()
    for stuk in hl_lines.split():
        van, _, tot = stuk.partition('-')
        plekken |= set(range(int(van) - 1, int(tot or van)))
    return plekken


def schema(map_: Path) -> dict[str, list[Kolom]]:
    """De tabellen zoals data.sqlite ze echt heeft, zonder die van Alembic."""
    return {
        tabel: [
            Kolom(
                tabel,
                naam,
                **kolom,
                uniek=[naam] in inhoud['uniek'],
                index=[naam] in inhoud['indexen'],
                sleutel=naam in inhoud['sleutel'],
                verwijst_naar=next(
                    (f'{t}.{k[0]}' for van, t, k in inhoud['verwijst_naar'] if van == [naam]), None
                ),
            )
            for naam, kolom in inhoud['kolommen'].items()
        ]
        for tabel, inhoud in sorted(lees_database(map_ / DATABASE).schema.items())
    }


def schemafouten(map_: Path, nummer: int) -> Iterator[str]:
    """Waarin data.sqlite anders is dan stappen.py zegt na deze stap."""
    gevonden = {k.plek: k for kolommen in schema(map_).values() for k in kolommen}
    verwacht = kolommen_na(nummer)
    for plek in sorted(gevonden.keys() | verwacht.keys()):
        naam = 'kolom ' + '.'.join(plek)
        if plek not in verwacht:
            yield f'{naam} staat in data.sqlite, en na stap {nummer} niet in stappen.py.'
        elif plek not in gevonden:
            yield f'{naam} staat na stap {nummer} in stappen.py, en niet in data.sqlite.'
        else:
            for kenmerk in KENMERKEN:
                echt, hoort = (getattr(k[plek], kenmerk) for k in (gevonden, verwacht))
                if echt != hoort and hoort != VRIJ:
                    yield f'{naam}: {kenmerk} is in data.sqlite {echt}, in stappen.py {hoort}.'
