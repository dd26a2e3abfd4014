"""Wat een docent na het bekijken heeft: per stap hoeveel, een pagina, en een tekst terug."""

import re
import shutil
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docent.inlevering import Wie
from docent.nakijken import schrijf_csv
from docent.overzicht import druk_af
from docent.rij import Rij
from docent.uitgeven import schrijf_feedback, schrijf_pagina
from leerling import NIVEAU, WOONPLAATS, Leerling
from shells import TRAGER
from stappen import LAATSTE, MODULE
from test_nakijken import begin_klas, maak_klas, typ

TEKENS = {'af': '✓', 'fout': '✗', 'niet': '·'}


class Pagina(HTMLParser):
    """De rijen van de tabel op een pagina, en welke soorten elementen er staan."""

    def __init__(self, pad: Path) -> None:
        super().__init__()
        self.rijen: list[list[str]] = []
        self.soorten: set[str] = set()
        self.feed(pad.read_text(encoding='utf-8'))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.soorten.add(tag)
        if tag == 'tr':
            self.rijen.append([])
        elif tag in ('td', 'th'):
            self.rijen[-1].append('')

    def handle_data(self, data: str) -> None:
        if self.rijen and self.rijen[-1]:
            self.rijen[-1][-1] += data.strip()


def per_stap(uitvoer: str) -> dict[str, list[int]]:
    """De tabel onder de leerlingen, bij elk woord de aantallen."""
    regels = uitvoer.partition('\nper stap ')[2].partition('\n\n')[0].splitlines()[1:]
    gevonden = [re.fullmatch(r'(\D+?) +([\d ]+)', regel) for regel in regels]
    return {regel[1]: [int(aantal) for aantal in regel[2].split()] for regel in gevonden}


@pytest.fixture
def klas(tmp_path) -> Path:
    klas = maak_klas(tmp_path / 'klas', Joyce=LAATSTE, Bram=NIVEAU, Elsje=WOONPLAATS)
    (klas / 'Noor').mkdir()
    for naam in ('Bram', 'Elsje'):
        module = klas / naam / MODULE
        module.write_text(module.read_text(encoding='utf-8') + '\nimport bestaat_niet\n')
    return klas


def test_onder_de_tabel_staat_per_stap_hoeveel_en_op_de_pagina_wie(capsys, klas, tmp_path):
    status, uit, _ = typ(capsys, klas, '--html', tmp_path / 'klas.html')
    assert status == 0
    tellen = per_stap(uit)
    assert list(tellen) == ['af', 'bezig', 'niet begonnen']
    assert tellen['af'][0] + tellen['bezig'][0] == 3
    assert tellen['niet begonnen'] == [1, 1, 2] + [3] * (LAATSTE - NIVEAU)
    assert {sum(stap) for stap in zip(*tellen.values(), strict=True)} == {4}
    pagina = Pagina(tmp_path / 'klas.html')
    kop, *leerlingen = pagina.rijen[:5]
    assert kop == ['stap', *(str(n + 1) for n in range(LAATSTE))]
    # Op de volgorde van de tabel.
    assert [naam for naam, *_ in leerlingen] == ['Noor', 'Elsje', 'Bram', 'Joyce']
    assert leerlingen[0][1:] == ['·'] * LAATSTE
    assert leerlingen[3][1:] == ['✓'] * LAATSTE
    onder = {naam: [int(aantal) for aantal in aantallen] for naam, *aantallen in pagina.rijen[5:]}
    assert onder == tellen
    # Er is geen script nodig, en niets van een andere plek.
    assert {'script', 'link', 'img', 'iframe'}.isdisjoint(pagina.soorten)
    assert 'http' not in (tmp_path / 'klas.html').read_text(encoding='utf-8')


def test_een_klas_die_niets_inleverde_is_niet_begonnen(capsys, tmp_path):
    (tmp_path / 'klas' / 'Bram').mkdir(parents=True)
    _, uit, _ = typ(capsys, tmp_path / 'klas')
    assert per_stap(uit)['niet begonnen'] == [1] * LAATSTE


def test_zonder_namen_staat_er_geen_naam_op_de_pagina(capsys, klas, tmp_path):
    status, *_ = typ(capsys, klas, '--html', tmp_path / 'klas.html', '--zonder-namen')
    assert status == 0
    namen = [naam for naam, *_ in Pagina(tmp_path / 'klas.html').rijen[1:5]]
    assert namen == [f'leerling {nummer}' for nummer in range(1, 5)]
    tekst = (tmp_path / 'klas.html').read_text(encoding='utf-8')
    assert not [naam for naam in ('Noor', 'Elsje', 'Bram', 'Joyce') if naam in tekst]
    # Wat nergens over gaat, is een vergissing.
    assert typ(capsys, klas, '--zonder-namen')[0] == 2
    assert typ(capsys, klas, '--feedback', tmp_path / 'terug')[0] == 2
    assert typ(capsys, klas, '--html', tmp_path / 'weg' / 'klas.html')[0] == 2


def test_een_pagina_met_elke_toestand_heeft_voor_elke_een_ander_teken(tmp_path):
    rijen = [Rij('<b>Bram & Noor', toestanden=['af', 'fout', 'niet'])]
    schrijf_pagina(tmp_path / 'klas.html', rijen, zonder_namen=False)
    _, bram, *_ = Pagina(tmp_path / 'klas.html').rijen
    # Wat een leerling schrijft is tekst.
    assert bram == ['<b>Bram & Noor', *TEKENS.values()]


def test_de_tekst_terug_is_wat_de_eigen_controle_zegt(nodig, tmp_path):
    klas = maak_klas(tmp_path / 'klas', Bram=NIVEAU, Zoë=WOONPLAATS)
    (klas / 'leeg').mkdir()
    # Bram is met een stap bezig, Zoë heeft een hint met een regel code.
    Leerling(klas / 'Bram').model_van(NIVEAU + 1)
    Leerling(klas / 'Zoë').vervang('woonplaats = ', 'woonplats = ')
    terug, xml, bestand = (tmp_path / naam for naam in ('terug', 'xml', 'csv'))
    opties = ('--naspelen', '--feedback', terug, f'--junitxml={xml}', '--csv', bestand)
    proces = begin_klas(tmp_path / 'eigen', klas, *opties, seconden=300 * TRAGER)
    uit, _ = proces.communicate()
    assert {pad.name for pad in terug.iterdir()} == {'Bram.txt', 'Zoë.txt', 'leeg.txt'}, uit
    teksten = {pad.stem: pad.read_text(encoding='utf-8') for pad in terug.iterdir()}
    assert teksten['leeg'] == 'Er is niets nagekeken: is leeg.\n'
    gevallen = ElementTree.parse(xml).iter('failure')
    mislukt = [geval.text for geval in gevallen]
    for naam in ('Bram', 'Zoë'):
        # De map van de leerling met de controle erbij, in een goed venster.
        zelf = shutil.copytree(nodig, tmp_path / 'zelf' / naam)
        werk = Leerling(shutil.copytree(klas / naam, zelf, dirs_exist_ok=True))
        gezien = werk.controle(FLASK_APP=MODULE, COLUMNS='80').stdout
        gezien = re.search(r'(?s)stand van zaken =+\n(.*?)\n=', gezien)[1]
        assert teksten[naam].strip() == gezien.strip()
        # junit heeft die tekst ook heel.
        assert any(teksten[naam].strip() in tekst for tekst in mislukt)
    # Een regel code staat op een eigen regel, en is zo te plakken.
    assert '\n    woonplaats = db.Column(db.String(50))\n' in teksten['Zoë']
    assert max(map(len, teksten['Bram'].splitlines())) <= 80


def test_namen_die_op_een_schijf_hetzelfde_zijn_krijgen_elk_een_bestand(tmp_path):
    namen = ['a/b', 'A_b', '../weg', 'CON?', 'x' * 300]
    schrijf_feedback(tmp_path, [Rij(naam, stand=f'van {naam}') for naam in namen])
    teksten = {pad.read_text(encoding='utf-8').strip() for pad in tmp_path.iterdir()}
    assert teksten == {f'van {naam}' for naam in namen}


def test_nummer_en_tijd_zijn_kolommen_als_een_leeromgeving_ze_geeft(capsys, tmp_path):
    moment = datetime(2026, 11, 12, 10, 15)
    rijen = [Rij('Bram', wie=Wie('Bram', '12', moment)), Rij('Elsje', wie=Wie('Elsje', '=13'))]
    schrijf_csv(tmp_path / 'c.csv', rijen, 1)
    regels = (tmp_path / 'c.csv').read_text(encoding='utf-8-sig').splitlines()
    assert [regel.split(';')[:4] for regel in regels] == [
        ['naam', 'nummer', 'ingeleverd', 'stap 1'],
        ['Bram', '12', '2026-11-12 10:15', 'niet'],
        ['Elsje', "'=13", '', 'niet'],
    ]
    druk_af(rijen, 'stap', lambda rij: f'{rij.stap:>4}')
    tabel = capsys.readouterr().out.splitlines()[:3]
    assert [regel.split() for regel in tabel] == [
        ['leerling', 'nummer', 'ingeleverd', 'stap'],
        ['Bram', '12', '12-11', '10:15', '0'],
        ['Elsje', '=13', '0'],
    ]
