"""Wat de docent uitdeelt: de database, de migraties, de pakketten en de les passen bij elkaar."""

import re
import shlex
import subprocess
import zipfile

from beweringen import inhoud, zonder_toeval
from leerling import Leerling
from speel_les import PROJECT
from spelen.lestekst import LES
from standen import stand
from stappen import LAATSTE, UITGEDEELD, kolommen_na

README = (PROJECT / 'README.md').read_text(encoding='utf-8')


def test_uitgedeeld_is_wat_een_leerling_in_stap_1_zelf_maakt():
    assert zonder_toeval(stand(0)) == zonder_toeval(stand(1))
    # Aan zijn revisie is te zien of een leerling hem zelf maakte.
    uit, gemaakt = (Leerling(stand(nummer)) for nummer in (0, 1))
    assert (uit.head() == UITGEDEELD) != (gemaakt.head() == UITGEDEELD)
    assert uit.wat_nu().startswith('Wat nu: stap 1 staat klaar. Maak hem zelf')
    assert gemaakt.wat_nu().startswith('Wat nu: stap 1 klopt. Lees hem uit')
    # Wat `flask db init` maakt; de scripts zijn hierboven vergeleken.
    uit, gemaakt = (
        {n: tekst for n, tekst in inhoud(stand(nummer) / 'migrations').items() if '/' not in n}
        for nummer in (0, 1)
    )
    assert uit == gemaakt


def test_de_vier_pakketten_en_de_twee_die_eronder_liggen_hebben_een_vaste_versie():
    tekst = (PROJECT / 'requirements.txt').read_text(encoding='utf-8')
    regels = [deel.lower().splitlines() for deel in tekst.split('\n\n')]
    met_versie = re.compile(r'([a-z-]+)==\d+(\.\d+)+')
    van_de_les, eronder = (
        [met_versie.fullmatch(regel)[1] for regel in deel if not regel.startswith('#')]
        for deel in regels
    )
    assert sorted(van_de_les) == ['flask', 'flask-migrate', 'flask-sqlalchemy', 'pytest']
    assert sorted(eronder) == ['alembic', 'sqlalchemy']
    assert 'de vier pakketten van de les en twee die eronder liggen' in README


def test_elke_kolom_staat_in_de_les_zoals_een_hint_hem_noemt():
    les = (PROJECT / LES).read_text(encoding='utf-8')
    regels = {regel.strip() for regel in les.splitlines()}
    kolommen = [k for nummer in range(1, LAATSTE + 1) for k in kolommen_na(nummer).values()]
    assert {kolom.regel for kolom in kolommen} <= regels


def test_de_zip_van_de_readme_heeft_alles_en_niets_voor_de_docent(uitgedeeld, tmp_path):
    (opdracht,) = re.findall(r'\$ (git archive .*)', README)
    delen = [tmp_path / 'les.zip' if deel == 'les.zip' else deel for deel in shlex.split(opdracht)]
    subprocess.run(delen, cwd=PROJECT, check=True)
    with zipfile.ZipFile(tmp_path / 'les.zip') as zip_:
        namen = {naam for naam in zip_.namelist() if not naam.endswith('/')}
    # Dat stap 0 daarmee lukt, met een .venv en de pakketten, ziet test_systemen.py.
    nodig = {naam for naam, tekst in inhoud(uitgedeeld.map).items() if tekst is not None}
    assert nodig <= namen
    voor_docent = ('README', '.ci', '.github', 'tests/onderhoud', 'tests/klas', 'tests/docent')
    assert not [naam for naam in namen if naam.startswith(voor_docent)]
