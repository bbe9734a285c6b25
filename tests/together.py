"""Which tests run in one process, because they share what is slow to make? By their names: since pytest 9.2 xdist cannot read its
groups any more, and each process walked the whole site in both languages."""

from xdist.scheduler import LoadScopeScheduling

WHOLE = {"tests/test_machines.py", "tests/test_phones.py"}  # one site or town for the whole file
WALKED = "tests/test_pages.py"  # one walk for each language


class Together(LoadScopeScheduling):
    """Large groups first; every other test goes to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file == WALKED:
            return "en" if nodeid.endswith("en]") else "zh"
        return file if file in WHOLE else nodeid
