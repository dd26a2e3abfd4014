"""De les op een cursussite: wat README.md laat overnemen, maakt er een goede pagina van."""

import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from processen import draai
from speel_les import PROJECT
from spelen.lestekst import LES, VERDIEPING

PAGINAS = [Path(naam).stem for naam in (LES, VERDIEPING)]

# Wat README.md laat overnemen: de naam van elk bestand, en wat erin staat.
README = (PROJECT / 'README.md').read_text(encoding='utf-8')
OVERNEMEN = dict(re.findall(r'(?ms)^```\w+ title="(.*?)"\n(.*?)^```$', README))

# Van alles wat op een pagina hoort: hoe het in de tekst staat, en hoe op de gebouwde pagina.
SOORTEN = {
    'diagrammen': (r'```mermaid\n(.*?)\n```', '<pre class="mermaid"><code>(.*?)</code></pre>'),
    'antwoorden': (r'\n<details()', '<details>\n<summary>()'),
    'tabellen': (r'\n\|[-|]+\|\n()', '<table>()'),
    'koppen': (r'\n## ([^\n]*)', r'<a href="#[^"]*" class="md-nav__link">(.*?)</a>'),
}


# Waarmee README.md de site laat bouwen, en wat het daarbij mag zeggen.
BOUWERS = {
    'mkdocs': r'INFO +- +(Cleaning|Building|Documentation) .*\n',
    'zensical': r'Build (started|finished in [\d.]+s)\n|No issues found\n',
}


def bouw(map_: Path, bestanden: dict[str, str], bouwer: str = 'mkdocs') -> Path:
    """Bouwt de site met deze bestanden en elke pagina voor de leerling."""
    (map_ / 'docs').mkdir()
    for naam, inhoud in bestanden.items():
        (map_ / naam).write_text(inhoud, encoding='utf-8')
    for pagina in PAGINAS:
        shutil.copy(PROJECT / f'{pagina}.md', map_ / 'docs')
    # Material vertelt bij elke site over zijn opvolger; dat gaat niet over de les.
    klaar = draai('-m', bouwer, 'build', '--strict', waar=map_, NO_MKDOCS_2_WARNING='1')
    opmerkingen = re.sub(BOUWERS[bouwer], '', klaar.stdout)
    assert (opmerkingen, klaar.returncode) == ('', 0)
    return map_ / 'site'


def bron(pagina: str) -> dict[str, list[str]]:
    """Wat er volgens de tekst op de pagina hoort."""
    tekst = (PROJECT / f'{pagina}.md').read_text(encoding='utf-8')
    gevonden = {naam: re.findall(patroon, tekst, re.S) for naam, (patroon, _) in SOORTEN.items()}
    gevonden['koppen'] = [kop.replace('`', '') for kop in gevonden['koppen']]
    gevonden['opgelicht'] = [
        regel
        for kop, inhoud in re.findall(r'```[^\n]* hl_lines="(.*?)"\n(.*?)\n```', tekst, re.S)
        for van, tot in re.findall(r'(\d+)(?:-(\d+))?', kop)
        for regel in inhoud.splitlines()[int(van) - 1 : int(tot or van)]
    ]
    return gevonden | {'rauw': []}


def te_zien(site: Path, pagina: str) -> dict[str, list[str]]:
    """Wat er op de gebouwde pagina staat; `rauw` zijn regels waarin nog opmaak als tekst staat."""

    def zonder_tags(html: str) -> str:
        return unescape(re.sub(r'<[^>]*>', '', html))

    html = (site / pagina / 'index.html').read_text(encoding='utf-8')
    artikel = re.search(r'(?s)<article.*?</article>', html)[0]
    inhoudsopgave = html.rpartition('data-md-component="toc"')[2].partition('</nav>')[0]
    patronen = {naam: patroon for naam, (_, patroon) in SOORTEN.items()}
    patronen['opgelicht'] = '<span class="hll">(.*?)\n</span>'
    gevonden = {
        naam: [*map(zonder_tags, re.findall(patroon, artikel + inhoudsopgave, re.S))]
        for naam, patroon in patronen.items()
    }
    gevonden['koppen'] = [kop.strip() for kop in gevonden['koppen']]
    proza = zonder_tags(re.sub(r'(?s)<(pre|code)\b.*?</\1>', '', artikel))
    rauw = [r for r in proza.splitlines() if re.search(r'[`|]|\*\*|^(#+|-|\d+\.) ', r)]
    return gevonden | {'rauw': rauw}


@pytest.fixture(scope='module', params=BOUWERS)
def site(tmp_path_factory, request) -> Path:
    return bouw(tmp_path_factory.mktemp('cursus'), OVERNEMEN, request.param)


@pytest.mark.parametrize('pagina', PAGINAS)
def test_op_de_pagina_staat_alles_wat_in_de_tekst_staat(site, pagina):
    assert te_zien(site, pagina) == bron(pagina)
    html = (site / pagina / 'index.html').read_text(encoding='utf-8')
    paden = re.findall(r'<link rel="stylesheet" href="(\.\./.*?)"', html)
    eigen = [p for pad in paden if (p := (site / pagina / pad).resolve()).parent == site.resolve()]
    assert [p.read_text(encoding='utf-8') for p in eigen] == [OVERNEMEN['docs/les.css']]


def test_de_les_heeft_van_alles_iets():
    assert [naam for naam, wat in bron('LEERLING').items() if not wat] == ['rauw']


# Elke regel is nodig: dat verandert niet, en kost per regel een hele site.
@pytest.mark.lang
@pytest.mark.parametrize(
    ('zonder', 'mis'),
    [
        ('  - md_in_html', {'antwoorden', 'rauw'}),
        ('  - pymdownx[^#]*', {'diagrammen', 'opgelicht'}),
        (':\n *custom_fences[^#]*', {'diagrammen'}),
        ('  - toc:[^#]*', {'koppen'}),
    ],
    ids=['antwoorden', 'blokken', 'diagrammen', 'inhoudsopgave'],
)
def test_zonder_een_regel_uit_de_readme_is_de_pagina_niet_goed(tmp_path, zonder, mis):
    instellingen, weg = re.subn(zonder, '\n', OVERNEMEN['mkdocs.yml'])
    assert weg == 1
    site = bouw(tmp_path, OVERNEMEN | {'mkdocs.yml': instellingen})
    hoort = bron('LEERLING')
    assert {naam for naam, wat in te_zien(site, 'LEERLING').items() if wat != hoort[naam]} == mis
