"""Speelt de les helemaal, en vergelijkt wat zij laat zien met wat er echt komt."""

import os
import re
import shlex
import subprocess
import sys
import sysconfig
import textwrap
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from subprocess import CompletedProcess

from controle.tabellen import lees_database
from postgresql import sql_in, verse_server
from processen import ALS_EEN_LEERLING, draai
from shells import HIER, Shell
from speel_les import MISLUKT, VERANDERT, Speler, klaargezet
from spelen.invoegen import BLIJFT, definities, maak_heel, plaats
from spelen.lestekst import EIGEN, SYSTEMEN, Blok, Hoofdstuk, LesFout, opdrachten, rijcellen
from stappen import DATABASE, MODULE, SERVER, VRIJ, Kolom, kolommen_na

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
        # Wat de `pytest` van het hoofdstuk afdrukte.
        self.controle = ''
        # Wat vergeleken is: wat de tekst toont, wat er kwam, en de regel van de opdracht.
        self.vergeleken: list[tuple[list[tuple[int, str]], list[str], int]] = []

    def meld(self, afwijking: LesFout, uitvoer: str = '') -> None:
        afwijking.uitvoer = afwijking.uitvoer or uitvoer
        afwijking.bestand = self.hoofdstuk.bestand
        self.afwijkingen.append(afwijking)

    def speel(self, hoofdstuk: Hoofdstuk) -> None:
        """Speelt een hoofdstuk, in het terminalvenster van die ervoor."""
        self.hoofdstuk = hoofdstuk
        if hoofdstuk.nummer not in (0, 1, EIGEN):
            self.omgeving['FLASK_APP'] = MODULE
        if sql_in(hoofdstuk):
            self.omgeving |= verse_server(hoofdstuk)
        super().speel(hoofdstuk)

    def _overslaan(self, hoofdstuk: Hoofdstuk) -> set[int]:
        return klaargezet(hoofdstuk)

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
            getoond = [(nr, '...' if r.strip() == BLIJFT else r) for nr, r in blok.regels]
            if afwijking := vergelijk([rand, *getoond, rand], oud, kop):
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
        if opdracht[0] == 'pytest':
            self.controle += uitvoer
        afwijking = self._vergelijk(getoond, uitvoer.splitlines(), regel)
        if not afwijking and bool(code) != any(MISLUKT.match(tekst) for _, tekst in getoond):
            melding = f'`{shlex.join(opdracht)}` eindigt met {code}; dat laat de tekst niet zien.'
            afwijking = LesFout(regel, melding)
        if afwijking:
            self.meld(afwijking, uitvoer)

    def _vergelijk(self, *wat: object) -> LesFout | None:
        self.vergeleken.append(wat)
        return vergelijk(*wat)

    def _gesprek(self, gesprek: list[tuple[int, str, list, str]]) -> None:
        uitvoer = '\n'.join(f'>>> {regel}\n{echt}'.rstrip() for _, regel, _, echt in gesprek)
        for nummer, regel, getoond, echt in gesprek:
            # Na exit() neemt de ene Python afscheid met een regel, de andere zwijgt.
            afwijking = regel != 'exit()' and self._vergelijk(getoond, echt.splitlines(), nummer)
            if afwijking:
                self.meld(afwijking, uitvoer)
                # Een keer is genoeg, ook als er meer regels anders zijn.
                uitvoer = ''


class InEenShell(Vergelijker):
    """Een vergelijker die elke opdracht typt zoals zij er staat, in een echte shell."""

    def __init__(self, werkmap: Path, shell: Shell = HIER[0]):
        super().__init__(werkmap)
        self.shell = shell
        # Wat in dit venster blijft gelden.
        self.geldt: list[str] = []
        self.omgeving |= ALS_EEN_LEERLING
        # Het venster heeft de Python van deze test.
        zoekpad = [sysconfig.get_path('scripts'), str(Path(sys.executable).parent)]
        self.omgeving['PATH'] = os.pathsep.join([*zoekpad, self.omgeving['PATH']])

    def fouten(self, hoofdstuk: Hoofdstuk) -> list[str]:
        """Wat er in een hoofdstuk niet klopt, elk met wat er in het echt kwam."""
        try:
            self.speel(hoofdstuk)
        except LesFout as fout:
            self.meld(fout)
        return [vertel(fout) for fout in self.afwijkingen]

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

    def _draai(self, delen: list[str], regel: int, invoer: str = '') -> CompletedProcess:
        opdrachten = [*self.geldt, ' '.join(delen)]
        try:
            return self.shell.draai(opdrachten, self.hier, self.omgeving, invoer)
        except subprocess.TimeoutExpired as fout:
            tekst = f'`{opdrachten[-1]}` is na {fout.timeout:.0f} seconden nog niet klaar.'
            raise LesFout(regel, tekst) from None


class Streng(Vergelijker):
    """Een speler die niet verder gaat dan de eerste afwijking, en `pytest` overslaat.

    Wat `flask db` alleen laat zien, en de waarschuwing van een merge, drukt Alembic in dit proces
    op de verkeerde plaats af: dat gaat in een eigen proces, net als alles op een server.
    """

    def meld(self, afwijking: LesFout, uitvoer: str = '') -> None:
        raise afwijking

    def _overslaan(self, hoofdstuk: Hoofdstuk) -> set[int]:
        alle = (opdracht for blok in hoofdstuk.blokken for opdracht in opdrachten(blok))
        pytest = {regel for regel, delen, _ in alle if delen[0] == 'pytest'}
        return super()._overslaan(hoofdstuk) | pytest

    def _draai(self, delen: list[str], regel: int, invoer: str = '') -> CompletedProcess:
        if {'shell', *VERANDERT} - {'merge'} & set(delen[:3]) and SERVER not in self.omgeving:
            return super()._draai(delen, regel, invoer)
        return draai(*delen, waar=self.hier, invoer=invoer, **self.omgeving)


def vertel(fout: LesFout) -> str:
    """Een afwijking, met daaronder alles wat er in het echt kwam."""
    if not fout.uitvoer:
        return str(fout)
    return f'{fout} Dit kwam er:\n' + textwrap.indent(fout.uitvoer.rstrip(), '    ')


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
    blok, plekken = zip(*maak_heel(bestand, blok), strict=True)
    staat_er = {definitie.naam: definitie for definitie in definities(bestand)}
    nieuw = set()
    for stuk in definities([*blok]):
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
    return {plekken[plek] for plek in nieuw}


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
        for kenmerk in KENMERKEN:
            # Een kolom die er niet is, heeft geen enkel kenmerk.
            echt, hoort = (getattr(k.get(plek), kenmerk, '-') for k in (gevonden, verwacht))
            if echt != hoort and hoort != VRIJ:
                naam = '.'.join(plek)
                yield f'kolom {naam}: {kenmerk} is in data.sqlite {echt}, in stappen.py {hoort}.'
