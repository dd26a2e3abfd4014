"""Maakt een kopie van het project met een stap erbij, zoals README.md zegt dat het gaat.

    python tests/onderhoud/stap_erbij.py MAP

In de kopie hoort alles groen te zijn. Zo is te zien wat een stap erbij kost.
"""

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from speel_les import PROJECT
from stappen import LAATSTE, Kolom

# De nieuwe stappen: een gewone, en een met een type dat de les nog niet gebruikt. De namen zijn die
# van geen enkele les: zo werkt het ook in een project dat al een stap erbij heeft.
ERBIJ = (
    ('Een proef', Kolom('cursisten', 'proef', 'VARCHAR(15)')),
    ('Nog een proef', Kolom('cursisten', 'nog_een_proef', 'BOOLEAN')),
)

HOOFDSTUK = """\
## Stap {nummer}. {titel}

### Wat je leert

Je doet het nog een keer, nu zonder hulp.

### Wat je doet

Vervang in `BasicModelApp.py` de klasse `Cursist`. Nieuw is de regel met `{naam}`:

```python title="BasicModelApp.py" hl_lines="{regel}"
{klasse}
```

Sla het bestand op, maak de migratie en voer die uit:

```console
$ flask db migrate -m "{naam}"
...
Generating ...{naam}.py ...  done
$ flask db upgrade
...
```

### Wat er misgaat

Deze keer gaat er niets mis.

### Wat je ziet

De tabel `{tabel}` ziet er nu zo uit:

{rijen}
### Controle

Kijk of stap {nummer} af is:

```console
$ pytest
...
✓ stap {nummer:<2}  {titel}
...
```

### Vraag

Wat doet `flask db upgrade`?

<details markdown="1">
<summary>Antwoord</summary>

Die voert het script uit.

</details>

"""


def maak(doel: Path, met_recept: bool = True) -> None:
    """Zet het project in `doel`, met de stappen uit ERBIJ; zonder recept vraagt een test erom."""
    bestanden = subprocess.run(
        ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for naam in filter(None, bestanden.split('\0')):
        if (PROJECT / naam).is_file():
            (doel / naam).parent.mkdir(parents=True, exist_ok=True)
            (doel / naam).write_bytes((PROJECT / naam).read_bytes())
    for nummer, (titel, kolom) in enumerate(ERBIJ, LAATSTE + 1):
        velden = f"'{kolom.tabel}', '{kolom.naam}', '{kolom.type}'"
        stap = f"    Stap('{titel}', erbij=(Kolom({velden}),)),\n)\n\nLAATSTE ="
        _vervang(doel / 'tests/stappen.py', ')\n\nLAATSTE =', stap)
        les = (doel / 'LEERLING.md').read_text(encoding='utf-8')
        hoofdstuk = _hoofdstuk(les, nummer, titel, kolom)
        _vervang(doel / 'LEERLING.md', '## Tot slot\n', f'{hoofdstuk}## Tot slot\n')
        if met_recept:
            recept = f"    '{titel}': [kolom_erbij('{kolom.naam}')],\n}}\n\n\ndef is_vrij"
            _vervang(doel / 'tests/onderhoud/recepten.py', '}\n\n\ndef is_vrij', recept)


def _hoofdstuk(les: str, nummer: int, titel: str, kolom: Kolom) -> str:
    """Een hoofdstuk waarin de klasse en de tabel van het vorige een regel langer zijn."""
    klasse = re.findall(
        r'```python title="BasicModelApp.py" .*\n(class Cursist.*?)\n```', les, re.S
    )
    regels = klasse[-1].splitlines()
    plek = regels.index('', regels.index('') + 1)
    regels.insert(plek, f'    {kolom.regel}')
    rijen = re.findall(rf'De tabel `{kolom.tabel}`[^\n]*:\n\n((?:\|[^\n]*\n)+)', les)[-1]
    return HOOFDSTUK.format(
        nummer=nummer,
        titel=titel,
        naam=kolom.naam,
        klasse='\n'.join(regels),
        regel=plek + 1,
        tabel=kolom.tabel,
        rijen=f'{rijen}| `{kolom.naam}` | `{kolom.type}` | nee | | |\n',
    )


def _vervang(bestand: Path, oud: str, nieuw: str) -> None:
    tekst = bestand.read_text(encoding='utf-8')
    assert tekst.count(oud) == 1, f'{oud!r} staat niet een keer in {bestand.name}.'
    bestand.write_text(tekst.replace(oud, nieuw), encoding='utf-8')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('Gebruik: python tests/onderhoud/stap_erbij.py MAP')
    maak(Path(sys.argv[1]).resolve())
