"""De pakketten van de les, en wat je doet als deze Python ze niet heeft."""

import importlib.util
import sys
from pathlib import Path

OEFENMAP = Path(__file__).resolve().parents[2]

NODIG = ('flask', 'flask_sqlalchemy', 'flask_migrate', 'sqlalchemy', 'alembic')


def zonder_pakketten(opnieuw: str) -> str | None:
    """Wat je doet voordat je `opnieuw` typt, of None als alle pakketten er zijn."""
    ontbreekt = [pakket for pakket in NODIG if importlib.util.find_spec(pakket) is None]
    if not ontbreekt:
        return None
    venv = OEFENMAP / '.venv'
    if venv.is_dir() and not Path(sys.prefix).samefile(venv):
        doe = (
            'Zet je .venv aan en probeer het opnieuw.\n'
            '    macOS/Linux:   . .venv/bin/activate\n'
            '    Windows:       .venv\\Scripts\\activate\n'
        )
    else:
        doe = 'Installeer wat de les nodig heeft.\n    python -m pip install -r requirements.txt\n'
    return f'Je werkt met een Python zonder {", ".join(ontbreekt)}.\n\nWat nu: {doe}    {opnieuw}'
