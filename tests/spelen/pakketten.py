"""De pakketten van de les, en wat je doet als deze Python ze niet heeft."""

import importlib.util
import sys
from pathlib import Path

OEFENMAP = Path(__file__).resolve().parents[2]

# De opdrachten van stap 0.
MAAK, ZET_AAN = '    python3 -m venv .venv', '    . .venv/bin/activate'
if sys.platform == 'win32':
    MAAK = '    py -m venv .venv'
    ZET_AAN = (
        'In cmd:\n    .venv\\Scripts\\activate.bat\n'
        'In PowerShell:\n    .venv\\Scripts\\Activate.ps1'
    )
INSTALLEER = '    python -m pip install -r requirements.txt'

NODIG = ('flask', 'flask_sqlalchemy', 'flask_migrate', 'sqlalchemy', 'alembic')


def zonder_pakketten(opnieuw: str) -> str | None:
    """Wat je doet voordat je `opnieuw` typt, of None als alle pakketten er zijn."""
    ontbreekt = [pakket for pakket in NODIG if importlib.util.find_spec(pakket) is None]
    if not ontbreekt:
        return None
    venv = OEFENMAP / '.venv'
    doe = 'installeer wat de les nodig heeft:', INSTALLEER
    if not venv.is_dir():
        doe = 'maak een virtuele omgeving, zoals in stap 0 van de les:', MAAK, ZET_AAN, INSTALLEER
    elif not Path(sys.prefix).samefile(venv):
        doe = 'zet je virtuele omgeving aan, zoals in stap 0 van de les:', ZET_AAN
    wat_nu = '\n'.join([*doe, 'En dan opnieuw:', f'    {opnieuw}'])
    return f'Je werkt met een Python zonder {", ".join(ontbreekt)}.\n\nWat nu: {wat_nu}'
