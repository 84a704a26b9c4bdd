"""The packages under test: built by Packaging/deb, or found; and such as other versions would be."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# In the checkout, because nothing else of the machine is seen in the box; not in git.
FOLDER = REPOSITORY / ".build" / "package-tests"
NAMES = ("brokerctl", "brokerd")


def run(*command, **more):
    """A command that has to succeed; its output."""
    result = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **more
    )
    if result.returncode != 0:
        raise SystemExit(f"{command} ended with {result.returncode}: {result.stderr[-4000:]}")
    return result.stdout


def built(found=None):
    """The packages of this tree, by name; `found` is a folder that has them already."""
    if found is None:
        found = FOLDER / "built"
        shutil.rmtree(found, ignore_errors=True)
        subprocess.run(
            [str(REPOSITORY / "Packaging" / "deb"), str(found)],
            check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr,
        )  # fmt: skip
    debs = {}
    for name in NAMES:
        files = sorted(Path(found).glob(f"{name}_*.deb"), key=lambda file: file.stat().st_mtime)
        if not files:
            raise SystemExit(f"there is no package {name} in {found}")
        debs[name] = files[-1]
    return debs


def copy(debs, target):
    """Puts packages into a folder of their own."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for deb in debs.values():
        shutil.copy2(deb, target)


def version(deb):
    """What a package says of its version."""
    return run("dpkg-deb", "-f", deb, "Version").strip()


def relabel(debs, new_version, form_step, target):
    """The same programs as packages of another version, whose state has another form.

    Only what the package manager and its scripts see is another version: that is what is tested.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, deb in debs.items():
        tree = target / name
        run("dpkg-deb", "-R", deb, tree)
        control = tree / "DEBIAN" / "control"
        former = version(deb)
        control.write_text(control.read_text().replace(former, new_version))
        form_file = tree / "usr" / "share" / "brokerd" / "state-form"
        if form_step and form_file.exists():
            form = int(form_file.read_text())
            form_file.write_text(f"{form + form_step}\n")
            preinst = tree / "DEBIAN" / "preinst"
            text, count = re.subn(
                rf"^form={form}$", f"form={form + form_step}", preinst.read_text(), flags=re.M
            )
            assert count == 1, "the form is not where it was in preinst"
            preinst.write_text(text)
        run("dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "-b", tree, target)
        shutil.rmtree(tree)
    return built(target)
