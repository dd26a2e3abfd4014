"""De cursusomgeving: in Codespaces of een dev container is stap 0 gedaan."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from beweringen import stappen_met, wat_nu
from speel_les import PROJECT, omgeving
from spelen.lestekst import LES

BESTAND = '.devcontainer/devcontainer.json'

# De velden die hier gebruikt worden, en wat het schema van containers.dev daar toelaat. Een andere
# tekst dan een naam, een image of een opdracht hoort er niet in.
OPDRACHT = (str, list, dict)
SCHEMA = {
    'name': str,
    'image': str,
    # In deze volgorde voert een dev container ze uit.
    'onCreateCommand': OPDRACHT,
    'updateContentCommand': OPDRACHT,
    'postCreateCommand': OPDRACHT,
    'postStartCommand': OPDRACHT,
    'postAttachCommand': OPDRACHT,
}


def lees() -> dict:
    return json.loads((PROJECT / BESTAND).read_text(encoding='utf-8'))


def opdrachten() -> list[str]:
    """De opdrachten van het bestand, in de volgorde waarin een dev container ze uitvoert."""
    inhoud = lees()
    return [inhoud[naam] for naam, soort in SCHEMA.items() if soort is OPDRACHT and naam in inhoud]


def test_het_bestand_heeft_alleen_velden_van_het_schema():
    inhoud = lees()
    assert {'name', 'image'} <= inhoud.keys() <= SCHEMA.keys()
    assert [naam for naam, wat in inhoud.items() if not isinstance(wat, SCHEMA[naam])] == []
    assert inhoud['image'].startswith('mcr.microsoft.com/devcontainers/python:3.')


def test_de_opdrachten_doen_stap_0_in_een_schone_kloon(tmp_path):
    kloon, werkt_in = tmp_path / 'kloon', tmp_path / 'python'
    subprocess.run(['git', 'clone', '--quiet', str(PROJECT), str(kloon)], check=True)
    # Wat in een container Python is, is hier een lege omgeving.
    venv.create(werkt_in, with_pip=True)
    bin_ = werkt_in / ('Scripts' if sys.platform == 'win32' else 'bin')
    om = omgeving() | {'PATH': f'{bin_}{os.pathsep}{os.environ["PATH"]}'}
    assert len(opdrachten()) == 2
    for opdracht in opdrachten():
        klaar = subprocess.run(
            opdracht, shell=True, cwd=kloon, env=om, capture_output=True, encoding='utf-8'
        )
        assert klaar.returncode == 0, klaar.stdout + klaar.stderr
    # De laatste laat de controle zien.
    assert stappen_met(klaar.stdout, '✓') == [1]
    assert wat_nu(klaar.stdout).startswith('stap 1 staat klaar.')
    gewijzigd = subprocess.run(
        ['git', 'status', '--porcelain'], cwd=kloon, capture_output=True, encoding='utf-8'
    )
    assert gewijzigd.stdout == ''


def test_de_fout_van_stap_1_komt_ook_in_een_container():
    # Stap 1 begint met de fout van een FLASK_APP die niet gezet is.
    assert 'FLASK_APP' not in (PROJECT / BESTAND).read_text(encoding='utf-8')


def test_de_les_zegt_wat_er_anders_is_dan_stap_0():
    stap_0 = (PROJECT / LES).read_text(encoding='utf-8').partition('## Stap 1.')[0]
    (regel,) = [r for r in stap_0.splitlines() if 'Codespaces' in r]
    assert 'dev container' in regel
    assert Path(PROJECT, '.devcontainer').is_dir()
