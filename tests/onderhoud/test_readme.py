"""Wat README.md belooft klopt: bestanden, versies, tijden, en wat een workflow uitvoert."""

import re
import shutil
import subprocess
import sys
import tomllib

import yaml
from controle.naspelen import TIJDSLIMIET
from speel_les import PROJECT, omgeving
from stappen import MODULE

README = (PROJECT / 'README.md').read_text(encoding='utf-8')
LES = (PROJECT / 'LEERLING.md').read_text(encoding='utf-8')
CI_WINDOWS = (PROJECT / '.ci' / 'windows').read_text(encoding='utf-8')
WORKFLOWS = PROJECT / '.github' / 'workflows'


def plat(tekst: str) -> str:
    return ' '.join(tekst.split())


def workflow(naam: str) -> tuple[dict, list[str]]:
    """De ene baan van een workflow, en de opdrachten daarin."""
    (baan,) = yaml.safe_load((WORKFLOWS / naam).read_text(encoding='utf-8'))['jobs'].values()
    return baan, [stap['run'] for stap in baan['steps'] if 'run' in stap]


def test_elk_bestand_en_elke_map_die_README_noemt_is_er():
    paden = [pad for pad in PROJECT.rglob('*') if '.venv' not in pad.parts]
    zijn_er = {f'/{pad.relative_to(PROJECT).as_posix()}{"/" * pad.is_dir()}' for pad in paden}
    genoemd = set(re.findall(r'`([\w./]+(?:\.\w+|/))`', README))
    # Wat een opdracht maakt, of een leerling.
    genoemd -= {'cijfers.csv', 'docs/les.css', 'les.zip', 'mkdocs.yml', 'pytest.ini', '/LEERLING/'}
    assert len(genoemd) > 20
    assert [n for n in genoemd if not any(pad.endswith(f'/{n}') for pad in zijn_er)] == []


def test_requirements_heeft_vier_pakketten_en_twee_die_eronder_liggen():
    tekst = (PROJECT / 'requirements.txt').read_text(encoding='utf-8')
    delen = [re.findall('^[A-Za-z].*==', deel, re.MULTILINE) for deel in tekst.split('\n\n')]
    assert [len(deel) for deel in delen] == [4, 2]
    assert 'de vier pakketten van de les en twee die eronder liggen' in README


def test_de_oudste_python_is_overal_dezelfde():
    (oudste,) = set(re.findall(r'Python (3\.\d+) of nieuwer', README))
    ruff = tomllib.loads((PROJECT / 'pyproject.toml').read_text(encoding='utf-8'))['tool']['ruff']
    assert ruff['target-version'] == f'py{oudste.replace(".", "")}'
    assert f'versie {oudste} of hoger' in LES
    conftest = (PROJECT / 'conftest.py').read_text(encoding='utf-8')
    assert f'({oudste.replace(".", ", ")})' in conftest


def test_de_tijden_zijn_die_van_de_les():
    for zin in ('Stap 1 en stap 9 duren ongeveer twintig minuten', 'stap 2, 3 en 6 vijf tot tien'):
        assert zin in plat(README) and zin in plat(LES)


def test_de_tijdslimiet_is_die_van_het_naspelen():
    assert f'Na {TIJDSLIMIET} seconden stopt dat proces' in plat(README)


def test_de_tijdslimiet_van_windows_is_die_van_ci_windows():
    minuten = re.search(r'^tijdslimiet=(\d+)m$', CI_WINDOWS, re.MULTILINE)[1]
    assert f'na {minuten} minuten houdt het op' in plat(README)


# --- De workflows ---------------------------------------------------------------------------------


def test_de_workflow_van_het_project_draait_ci_run_op_elke_python_van_README():
    baan, opdrachten = workflow('project.yml')
    assert opdrachten == ['.ci/run']
    assert (PROJECT / '.ci' / 'run').is_file()
    pythons = baan['steps'][1]['with']['python-version'].split()
    assert f'met Python {", ".join(pythons[:-1])} en {pythons[-1]}' in plat(README)
    assert {naam.partition('-')[0] for naam in baan['strategy']['matrix']['systeem']} == {
        *('ubuntu', 'macos', 'windows')
    }


def test_een_workflow_is_voor_het_project_of_voor_een_leerling():
    project, nakijken = (workflow(naam)[0]['if'] for naam in ('project.yml', 'nakijken.yml'))
    assert project == '${{ !vars.OEFENING || vars.OEFENING == github.repository }}'
    assert nakijken == '${{ vars.OEFENING && vars.OEFENING != github.repository }}'
    assert 'een variabele `OEFENING`' in README


def test_nakijken_draait_de_controle_die_is_uitgedeeld(uitgedeeld, tmp_path):
    """De opdracht uit de workflow, in een map zoals de twee checkouts die maken."""
    baan, opdrachten = workflow('nakijken.yml')
    mappen = [stap['with']['path'] for stap in baan['steps'] if 'path' in stap.get('with', {})]
    assert mappen == ['leerling', 'oefening']
    werk = tmp_path / 'werk'
    zonder = shutil.ignore_patterns('.*', '__pycache__', 'onderhoud')
    shutil.copytree(PROJECT, werk / 'oefening', ignore=zonder)
    shutil.copytree(uitgedeeld.map, werk / 'leerling')
    (werk / 'leerling/tests/test_stappen.py').write_text('assert False', encoding='utf-8')
    installeer, kijk_na = (opdracht.split() for opdracht in opdrachten)
    assert installeer[:-1] == ['python', '-m', 'pip', 'install', '-r']
    assert (werk / installeer[-1]).is_file()
    assert kijk_na[0] == 'python'
    for module, status in (('', 0), ('x = (', 1)):
        with (werk / 'leerling' / MODULE).open('a', encoding='utf-8') as bestand:
            bestand.write(module)
        klaar = subprocess.run([sys.executable, *kijk_na[1:]], cwd=werk, env=omgeving())
        assert klaar.returncode == status
