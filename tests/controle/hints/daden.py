"""Daden: wat een hint laat doen. Een daad drukt zich af voor dit systeem, en is te doen."""

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stappen import DATABASE, MODULE, SERVER

from controle.oefenmap import Bestand, commentaar_in, is_opdracht

# Op Windows heten rm en cp anders, en cp in cmd en PowerShell ook nog verschillend.
WINDOWS = sys.platform == 'win32'


@dataclass(frozen=True)
class Daad:
    """Iets om te doen; `str(daad)` zegt het een leerling.

    Een daad met een `bestand` verandert dat met `doe(map_)`, en geeft OSError als dat niet lukt.
    Een andere is een `opdracht` voor flask: ['flask db', 'upgrade'], of ['shell', *regels].
    """

    opdracht = None


@dataclass(frozen=True)
class Bewerking(Daad):
    """Regels in een bestand veranderen: `zin` en `blok` zeggen het."""

    bestand: str
    zin: str
    blok: tuple[str, ...]
    # Van onder naar boven: van de regel met index `begin` tot die met index `eind` komen `regels`.
    wissels: tuple[tuple[int, int, tuple[str, ...]], ...]

    def __str__(self) -> str:
        return '\n'.join([f'{self.zin}:', *(f'    {regel}' for regel in self.blok)])

    def doe(self, map_: Path) -> None:
        pad = map_ / self.bestand
        # Wat in een andere codering staat, blijft zoals het is.
        regels = pad.read_bytes().decode('utf-8', 'surrogateescape').splitlines()
        for begin, eind, nieuw in self.wissels:
            regels[begin:eind] = nieuw
        pad.write_bytes(('\n'.join(regels) + '\n').encode('utf-8', 'surrogateescape'))


@dataclass(frozen=True)
class Naar(Daad):
    """Wat op één plaats staat, komt (ook) op een andere."""

    van: str
    naar: str

    @property
    def bestand(self) -> str:
        return self.naar


class Hernoem(Naar):
    """Een bestand een andere naam of plaats geven, in de editor: dat gaat overal hetzelfde."""

    def __str__(self) -> str:
        return f'Hernoem `{self.van}` naar `{self.naar}`.'

    def doe(self, map_: Path) -> None:
        (map_ / self.van).rename(map_ / self.naar)


class Kopieer(Naar):
    """Een bestand over een ander kopiëren."""

    def __str__(self) -> str:
        van, naar = in_de_shell(self.van), in_de_shell(self.naar)
        if WINDOWS:
            return per_shell(f'copy /y {van} {naar}', f'Copy-Item {van} {naar}')
        return f'    cp {van} {naar}'

    def doe(self, map_: Path) -> None:
        shutil.copy(map_ / self.van, map_ / self.naar)


@dataclass(frozen=True)
class Verwijder(Daad):
    """Een bestand verwijderen."""

    bestand: str

    def __str__(self) -> str:
        return f'    {"del" if WINDOWS else "rm"} {in_de_shell(self.bestand)}'

    def doe(self, map_: Path) -> None:
        (map_ / self.bestand).unlink()


@dataclass(frozen=True)
class FlaskDb(Daad):
    """Een opdracht `flask db ...`, met achter `-m` een bericht als dat erbij hoort."""

    delen: tuple[str, ...]
    bericht: str = ''

    def __str__(self) -> str:
        bericht = f' -m "{self.bericht}"' if self.bericht else ''
        return f'    flask db {" ".join(self.delen)}{bericht}'

    @property
    def opdracht(self) -> list[str]:
        bericht = ['-m', self.bericht] if self.bericht else []
        return ['flask db', *self.delen, *bericht]


@dataclass(frozen=True)
class Shell(Daad):
    """Regels in `flask shell`, onder een zin die dat zegt."""

    zin: str
    regels: tuple[str, ...]

    def __str__(self) -> str:
        return '\n'.join([self.zin, *(f'    {regel}' for regel in (*self.regels, 'exit()'))])

    @property
    def opdracht(self) -> list[str]:
        return ['shell', *self.regels]


@dataclass(frozen=True)
class WegTerug:
    """De weg terug; die wordt niet geprobeerd."""

    stap: int
    # De map waar de oude onderdelen heen gaan.
    bewaard: str = 'oud'

    def __str__(self) -> str:
        return (
            f'Ga terug naar de stand na stap {self.stap}. Wat er nu staat, met je eigen rijen, '
            f'blijft bewaard in de map `{self.bewaard}`:\n'
            f'    python tests/speel_les.py --terug {self.stap}'
        )


def in_de_shell(naam: str) -> str:
    """Een pad zoals het in een opdracht staat."""
    if WINDOWS:
        naam = naam.replace('/', '\\')
    return f'"{naam}"' if ' ' in naam else naam


def per_shell(cmd: str, powershell: str) -> str:
    """Een opdracht van Windows, die per shell verschilt."""
    return f'In cmd:\n    {cmd}\nIn PowerShell:\n    {powershell}'


def in_een_zin(daad: Daad) -> str:
    """De opdracht van een daad, voor midden in een zin."""
    regels = str(daad).splitlines()
    return ' of '.join(f'`{regel.strip()}`' for regel in regels if regel.startswith('    '))


# --- Een regel in een bestand; een regelnummer telt vanaf 1 -----------------------------------


def maak(bestand: Bestand, nummer: int, nieuw: str, spaties: str | None = None) -> Bewerking:
    """Vervang een opdracht; de spaties ervoor en het commentaar erachter blijven staan.

    Is `nieuw` geen hele opdracht, dan vervangt het alleen deze regel van de opdracht.
    """
    rauw = bestand.ruwe_regel(nummer)
    if spaties is None:
        spaties = rauw[: len(rauw) - len(rauw.lstrip())]
    eind = bestand.eind(nummer) if is_opdracht(nieuw) else nummer
    oud = '\n'.join(map(bestand.ruwe_regel, range(nummer, eind + 1)))
    if not commentaar_in(nieuw):
        nieuw = '  '.join([nieuw, *commentaar_in(oud)])
    return vervang(bestand, nummer, eind, [spaties + nieuw])


def haal_weg(bestand: Bestand, begin: int, eind: int | None = None) -> Bewerking:
    """Haal een opdracht weg, of de regels van `begin` tot en met `eind`."""
    eind = eind or bestand.eind(begin)
    blok = tuple(map(bestand.ruwe_regel, range(begin, eind + 1)))
    zin = f'Haal in `{bestand.naam}` {_waar(bestand, begin, eind)} weg'
    return Bewerking(bestand.naam, zin, blok, ((begin - 1, eind, ()),))


def vervang(bestand: Bestand, begin: int, eind: int, regels: list[str]) -> Bewerking:
    """Zet andere regels in plaats van die van `begin` tot en met `eind`."""
    zin = f'Maak in `{bestand.naam}` van {_waar(bestand, begin, eind)}'
    return _met_blok(bestand, zin, regels, ((begin - 1, eind, tuple(regels)),))


def zet_onder(bestand: Bestand, nummer: int, *nieuw: str) -> Bewerking:
    """Zet regels onder regel `nummer`; 0 is bovenaan."""
    waar = f'onder regel {nummer}' if nummer else 'bovenaan'
    wissel = (nummer, nummer, nieuw)
    return _met_blok(bestand, f'Zet in `{bestand.naam}` {waar}', nieuw, (wissel,))


def verplaats(
    bestand: Bestand, begin: int, onder: int, spaties: str, zonder: str = ''
) -> Bewerking:
    """Verplaats een opdracht naar onder regel `onder`, met `spaties` ervoor.

    Wat `zonder` zegt gaat van het begin van elke regel af.
    """
    eerste, eind = bestand.ruwe_regel(begin), bestand.eind(begin)
    weg = len(eerste) - len(eerste.lstrip())
    waar = f'onder regel {onder}' if onder else 'bovenaan'
    rauw = (bestand.ruwe_regel(n)[weg:] for n in range(begin, eind + 1))
    regels = tuple(spaties + regel.removeprefix(zonder) for regel in rauw)
    wissels = sorted([(begin - 1, eind, ()), (onder, onder, regels)], reverse=True)
    zin = f'Verplaats in `{bestand.naam}` {_waar(bestand, begin)} naar {waar}'
    return _met_blok(bestand, zin, regels, tuple(wissels))


def _met_blok(
    bestand: Bestand, zin: str, regels: Iterable[str], wissels: tuple[tuple, ...]
) -> Bewerking:
    """Een blok springt zelf al in: de zin telt de spaties, anders telt een leerling ze dubbel."""
    ervoor = [len(regel) - len(regel.lstrip(' ')) for regel in regels if regel]
    if ervoor[0]:
        eerste = ', de eerste' if len(set(ervoor)) > 1 else ','
        aantal = {4: 'vier', 8: 'acht', 12: 'twaalf'}.get(ervoor[0], ervoor[0])
        zin += f'{eerste} met {aantal} spaties ervoor'
    blok = tuple(regel[ervoor[0] :] for regel in regels)
    return Bewerking(bestand.naam, zin, blok, wissels)


def _waar(bestand: Bestand, begin: int, eind: int | None = None) -> str:
    eind = eind or bestand.eind(begin)
    return f'regel {begin}' if begin == eind else f'regel {begin} tot en met {eind}'


# --- Het terminalvenster ----------------------------------------------------------------------


def zet_flask_app() -> str:
    """De opdracht die zegt waar de app staat, voor elke shell van dit systeem."""
    if WINDOWS:
        return per_shell(f'set FLASK_APP={MODULE}', f"$env:FLASK_APP='{MODULE}'")
    return f'    export FLASK_APP={MODULE}'


def zet_server_uit() -> str:
    """De opdracht waarna `flask` in dit venster weer met data.sqlite werkt."""
    if WINDOWS:
        return per_shell(f'set {SERVER}=', f'Remove-Item Env:{SERVER}')
    return f'    unset {SERVER}'


# --- De database ------------------------------------------------------------------------------


def zet_kopie_terug(map_: Path, naam: str) -> tuple[Daad, ...]:
    """Een kopie van de database terugzetten."""
    # Wat nog in een -journal staat, hoort niet in de kopie: die gaat daarvan kapot.
    journal = (map_ / f'{DATABASE}-journal').exists()
    eerst = (FlaskDb(('current',)),) if journal else ()
    return *eerst, Kopieer(naam, DATABASE)
