"""Wat README.md belooft klopt: bestanden, versies, tijden, en wat een workflow uitvoert."""

import re
import shutil
import tomllib

import yaml
from controle.naspelen import TIJDSLIMIET
from processen import draai
from speel_les import PROJECT
from standen import stand


def lees(naam: str) -> str:
    return ' '.join((PROJECT / naam).read_text(encoding='utf-8').split())


README, LES, CI_RUN, CI_WINDOWS = map(lees, ('README.md', 'LEERLING.md', '.ci/run', '.ci/windows'))
PROJECT_YML, NAKIJKEN_YML = (
    yaml.safe_load((PROJECT / '.github/workflows' / naam).read_text(encoding='utf-8'))
    for naam in ('project.yml', 'nakijken.yml')
)


def baan_van(workflow: dict) -> tuple[dict, list[str], list[dict]]:
    """De ene baan van een workflow, de opdrachten daarin, en wat zijn andere stappen krijgen."""
    (baan,) = workflow['jobs'].values()
    return baan, *([s[wat] for s in baan['steps'] if wat in s] for wat in ('run', 'with'))


def test_elk_bestand_en_elke_map_die_README_noemt_is_er():
    paden = [pad for pad in PROJECT.rglob('*') if not {'.venv', '.standen'} & set(pad.parts)]
    zijn_er = {f'/{pad.relative_to(PROJECT).as_posix()}{"/" * pad.is_dir()}' for pad in paden}
    genoemd = set(re.findall(r'`([\w./]+(?:\.\w+|/))`', README))
    # Wat een opdracht maakt, of een leerling.
    genoemd -= {'cijfers.csv', 'docs/les.css', 'les.zip', 'mkdocs.yml', 'pytest.ini', '/LEERLING/'}
    genoemd -= {'.standen/', 'klas.html'}
    assert len(genoemd) > 20
    assert [n for n in genoemd if not any(pad.endswith(f'/{n}') for pad in zijn_er)] == []


def test_de_pythons_zijn_overal_dezelfde():
    pythons = re.search(r'for versie in ([\d. ]+);', CI_RUN)[1].split()
    oudste = pythons[0]
    ruff = tomllib.loads((PROJECT / 'pyproject.toml').read_text(encoding='utf-8'))['tool']['ruff']
    assert ruff['target-version'] == f'py{oudste.replace(".", "")}'
    assert f'versie {oudste} of hoger' in LES
    assert set(re.findall(r'Python (3\.\d+) of nieuwer', README)) == {oudste}
    assert f'({oudste.replace(".", ", ")})' in (PROJECT / 'conftest.py').read_text(encoding='utf-8')
    _, _, (_, setup_python) = baan_van(PROJECT_YML)
    assert setup_python['python-version'].split() == pythons
    assert f'Python {", ".join(pythons[:-1])} en {pythons[-1]}' in README


def test_de_tijden_zijn_de_echte():
    # Of de tijden van de stappen daarmee kloppen, ziet test_les.py.
    for zin in (
        'Alles samen duurt ongeveer drie uur',
        'Met een pauze na stap 5 zijn het twee lessen',
    ):
        assert zin in README and zin in LES
    assert f'Na {TIJDSLIMIET} seconden stopt dat proces' in README
    minuten = re.search(r'tijdslimiet=(\d+)m', CI_WINDOWS)[1]
    assert f'na {minuten} minuten houdt het op' in README


def test_elke_test_die_ci_noemt_is_er():
    genoemd = re.findall(r'(tests/[\w/]+\.py)(?:::(\w+))?', CI_RUN + CI_WINDOWS)
    assert len(genoemd) > 10
    for pad, naam in genoemd:
        assert f'def {naam}' in (PROJECT / pad).read_text(encoding='utf-8')


# --- De workflows ---------------------------------------------------------------------------------


def test_de_workflow_van_het_project_draait_ci_run_op_elk_systeem():
    baan, opdrachten, _ = baan_van(PROJECT_YML)
    assert opdrachten[1:] == ['.ci/run', '.ci/windows --alles']
    assert baan['steps'][-1]['if'] == "runner.os == 'Windows'"
    systemen = baan['strategy']['matrix']['include']
    assert {s['systeem']: s['mag_ontbreken'] for s in systemen} == {
        'ubuntu-latest': '',
        'macos-latest': 'postgresql windows',
        'windows-latest': 'postgresql',
    }
    # YAML leest `on` als ja. Een branch met een pull request draait zo een keer.
    assert PROJECT_YML[True] == {'push': {'branches': ['main']}, 'pull_request': None}


def test_een_workflow_is_voor_het_project_of_voor_een_leerling():
    voor_project, voor_leerling = (baan_van(w)[0]['if'] for w in (PROJECT_YML, NAKIJKEN_YML))
    assert voor_project == '${{ vars.OEFENING == github.repository }}'
    assert voor_leerling == '${{ vars.OEFENING && vars.OEFENING != github.repository }}'
    assert 'een variabele `OEFENING`' in README


def test_een_workflow_mag_en_bewaart_zo_weinig_mogelijk():
    for workflow in (PROJECT_YML, NAKIJKEN_YML):
        baan, _, krijgt = baan_van(workflow)
        assert workflow['permissions'] == {'contents': 'read'}
        assert baan['timeout-minutes'] <= 90
        # De laatste is setup-python, de andere halen een repository.
        assert [met['persist-credentials'] for met in krijgt[:-1]] == [False] * (len(krijgt) - 1)


def test_nakijken_draait_de_controle_die_is_uitgedeeld(tmp_path):
    """De opdracht uit de workflow, in een map zoals de twee checkouts die maken."""
    _, (installeer, kijk_na), krijgt = baan_van(NAKIJKEN_YML)
    assert [met['path'] for met in krijgt[:-1]] == ['leerling', 'oefening']
    zonder = shutil.ignore_patterns('.*', '__pycache__', 'onderhoud')
    shutil.copytree(PROJECT, tmp_path / 'oefening', ignore=zonder)
    leerling = shutil.copytree(stand(0), tmp_path / 'leerling')
    (leerling / 'tests').mkdir()
    (leerling / 'tests/test_stappen.py').write_text('assert False', encoding='utf-8')
    assert (tmp_path / installeer.removeprefix('python -m pip install -r ')).is_file()
    klaar = draai(*kijk_na.removeprefix('python ').split(), waar=tmp_path)
    # Wat een leerling in zijn eigen tests/ zet, doet niet mee.
    assert klaar.returncode == 0, klaar.stdout
