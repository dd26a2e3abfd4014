"""De shells waarin een leerling typt: een voor elke kolom van de tabellen in LEERLING.md."""

import ctypes
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import processen


@dataclass(frozen=True)
class Shell:
    """Een shell; `kolom` is de kop van zijn kolom in de les."""

    kolom: str
    # Hoe hij begint, met het bestand waarin de opdrachten staan erachter.
    programma: tuple[str, ...]
    bestand: str
    eerst: str = ''
    # In een bestand leest cmd een % anders dan in een venster.
    procent: str = '%'
    # Een opdracht die zelf een bestand met opdrachten is, heeft in zo'n bestand iets ervoor nodig.
    roep_aan: str = ''
    laatst: str = ''

    @property
    def is_er(self) -> bool:
        """Of deze shell op deze computer staat, en iets doet."""
        staat_er = shutil.which(self.programma[0]) is not None
        return staat_er and self.draai(['exit 3'], Path.cwd(), {}).returncode == 3

    def draai(
        self, opdrachten: list[str], map_: Path, omgeving: dict[str, str], invoer: str = ''
    ) -> CompletedProcess:
        """Typt de opdrachten in een nieuw venster in `map_`; stdout en stderr door elkaar."""
        regels = [
            (self.roep_aan if regel.endswith('.bat') else '') + regel.replace('%', self.procent)
            for regel in opdrachten
        ]
        programma, *opties = self.programma
        with tempfile.TemporaryDirectory() as tijdelijk:
            bestand = Path(tijdelijk, self.bestand)
            inhoud = '\n'.join(filter(None, [self.eerst, *regels, self.laatst]))
            bestand.write_text(inhoud + '\n', encoding='utf-8')
            return processen.draai(
                *opties, bestand, waar=map_, python=programma, invoer=invoer, **omgeving
            )


SH = Shell('macOS/Linux', ('sh',), 'opdrachten.sh')
CMD = Shell(
    *('Windows (cmd)', ('cmd', '/d', '/c'), 'opdrachten.bat'),
    # Zonder console eindigt chcp met 1, en rmdir laat dat zo staan; (call ) maakt er weer 0 van.
    eerst='@echo off\nchcp 65001 > nul\n(call )',
    procent='%%',
    roep_aan='call ',
)
POWERSHELL = Shell(
    'PowerShell',
    ('powershell', '-NoProfile', '-ExecutionPolicy', 'RemoteSigned', '-File'),
    'opdrachten.ps1',
    laatst='exit $LASTEXITCODE',
)

SHELLS = (SH, CMD, POWERSHELL)

# Wine heeft geen echte console, en alleen een lege PowerShell.
WINE = sys.platform == 'win32' and hasattr(ctypes.windll.ntdll, 'wine_get_version')

# Zoveel keer zo lang duurt daar het begin van een proces.
TRAGER = 6 if WINE else 1

# De shells van dit systeem; de eerste is er altijd.
HIER = (CMD, POWERSHELL) if sys.platform == 'win32' else (SH,)
