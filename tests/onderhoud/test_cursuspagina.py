"""De les op een cursussite: wat README.md laat overnemen, maakt er een goede pagina van."""

import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from speel_les import PROJECT, draai, omgeving

PAGINAS = sorted(pad.stem for pad in PROJECT.glob('*.md') if pad.name != 'README.md')

# Wat README.md laat overnemen: de naam van elk bestand, en wat erin staat.
OVERNEMEN = dict(
    re.findall(
        r'(?ms)^```\w+ title="(.*?)"\n(.*?)^```$',
        (PROJECT / 'README.md').read_text(encoding='utf-8'),
    )
)


def bouw(map_: Path, bestanden: dict[str, str]) -> Path:
    """Bouwt de site met deze bestanden en elke pagina voor de leerling."""
    (map_ / 'docs').mkdir()
    for naam, inhoud in bestanden.items():
        (map_ / naam).write_text(inhoud, encoding='utf-8')
    for pagina in PAGINAS:
        shutil.copy(PROJECT / f'{pagina}.md', map_ / 'docs')
    # Material vertelt bij elke site over zijn opvolger; dat gaat niet over de les.
    stil = omgeving() | {'NO_MKDOCS_2_WARNING': '1'}
    klaar = draai(['mkdocs', 'build', '--strict'], map_, stil)
    opmerkingen = re.sub(r'INFO +- +(Cleaning|Building|Documentation) .*\n', '', klaar.stdout)
    assert (opmerkingen, klaar.returncode) == ('', 0)
    return map_ / 'site'


def bron(pagina: str) -> dict[str, object]:
    """Wat er volgens de tekst op de pagina hoort."""
    tekst = (PROJECT / f'{pagina}.md').read_text(encoding='utf-8')
    blokken = re.findall(r'(?ms)^```(.*?)\n(.*?)^```$', tekst)
    buiten = re.sub(r'(?ms)^```.*?^```$', '', tekst)
    opgelicht = []
    for kop, inhoud in blokken:
        for van, tot in re.findall(r'(\d+)(?:-(\d+))?', kop.partition('hl_lines=')[2]):
            opgelicht += inhoud.splitlines()[int(van) - 1 : int(tot or van)]
    return {
        'titels': re.findall(r'```\w+ title="(.*?)"', tekst),
        'opgelicht': opgelicht,
        'diagrammen': [inhoud.rstrip() for kop, inhoud in blokken if kop == 'mermaid'],
        'antwoorden': buiten.count('<details'),
        'tabellen': len(re.findall(r'(?m)^\|[-|]+\|$', buiten)),
        'inhoudsopgave': [kop.replace('`', '') for kop in re.findall(r'(?m)^## (.*)', buiten)],
        'rauw': [],
    }


def zonder_tags(html: str) -> str:
    return unescape(re.sub(r'<[^>]*>', '', html))


def te_zien(site: Path, pagina: str) -> dict[str, object]:
    """Wat er op de gebouwde pagina staat; `rauw` zijn regels waarin nog opmaak als tekst staat."""
    html = (site / pagina / 'index.html').read_text(encoding='utf-8')
    artikel = re.search(r'(?s)<article.*?</article>', html)[0]
    proza = zonder_tags(re.sub(r'(?s)<(pre|code)\b.*?</\1>', '', artikel))
    inhoudsopgave = html.rpartition('data-md-component="toc"')[2].partition('</nav>')[0]

    def stukken(begin: str, eind: str, waarin: str = artikel) -> list[str]:
        return [zonder_tags(stuk) for stuk in re.findall(f'(?s){begin}(.*?){eind}', waarin)]

    return {
        'titels': stukken('<span class="filename">', '</span>'),
        'opgelicht': stukken('<span class="hll">', '\n</span>'),
        'diagrammen': stukken('<pre class="mermaid"><code>', '</code></pre>'),
        'antwoorden': artikel.count('<details>\n<summary>'),
        'tabellen': artikel.count('<table>'),
        'inhoudsopgave': [kop.strip() for kop in stukken('<a .*?>', '</a>', inhoudsopgave)],
        'rauw': [r for r in proza.splitlines() if re.search(r'[`|]|\*\*|^(#+|-|\d+\.) ', r)],
    }


@pytest.fixture(scope='module')
def site(tmp_path_factory) -> Path:
    return bouw(tmp_path_factory.mktemp('cursus'), OVERNEMEN)


@pytest.mark.parametrize('pagina', PAGINAS)
def test_op_de_pagina_staat_alles_wat_in_de_tekst_staat(site, pagina):
    assert te_zien(site, pagina) == bron(pagina)


def test_de_les_heeft_van_alles_iets():
    les = bron('LEERLING')
    assert [naam for naam, wat in les.items() if not wat] == ['rauw']


@pytest.mark.parametrize('pagina', PAGINAS)
def test_elke_pagina_gebruikt_de_opmaak_voor_tabellen(site, pagina):
    html = (site / pagina / 'index.html').read_text(encoding='utf-8')
    paden = re.findall(r'<link rel="stylesheet" href="(\.\./.*?)"', html)
    eigen = [p for pad in paden if (p := (site / pagina / pad).resolve()).parent == site.resolve()]
    assert [p.read_text(encoding='utf-8') for p in eigen] == [OVERNEMEN['docs/les.css']]


@pytest.mark.parametrize(
    ('zonder', 'mis'),
    [
        ('  - md_in_html', {'antwoorden', 'rauw'}),
        ('  - pymdownx[^#]*', set(bron('LEERLING')) - {'antwoorden'}),
        (':\n *custom_fences[^#]*', {'diagrammen'}),
        ('  - toc:[^#]*', {'inhoudsopgave'}),
    ],
    ids=['antwoorden', 'blokken', 'diagrammen', 'inhoudsopgave'],
)
def test_zonder_een_regel_uit_de_readme_is_de_pagina_niet_goed(tmp_path, zonder, mis):
    instellingen, weg = re.subn(zonder, '\n', OVERNEMEN['mkdocs.yml'])
    assert weg == 1
    site = bouw(tmp_path, OVERNEMEN | {'mkdocs.yml': instellingen})
    hoort = bron('LEERLING')
    assert {naam for naam, wat in te_zien(site, 'LEERLING').items() if wat != hoort[naam]} == mis
