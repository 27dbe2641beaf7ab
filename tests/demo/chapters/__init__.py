"""The chapters, in the order of the story. A new one is a module here and its line in TITLES. Each module has

    NEEDS               names of the chapters that must have happened before
    tell(stage, teller) does it, and checks all that it says
"""
import importlib

TITLES = {
    "afspraak": "three parties sign an agreement, and a decision is explained",
    "zoeken": "who holds something about this person?",
    "geweigerd": "a search that is refused, and why",
    "bevragen": "the status from three holders, of which one is down",
    "bericht": "a status changes, and those who asked for it are told",
    "logboek": "who looked at me, when, and on what ground?",
    "bewijs": "a proof that nobody changed a record since",
    "vervalst": "somebody changes the store, and is caught",
}


def load():
    """The modules by name, in order."""
    return {name: importlib.import_module(f"{__name__}.{name}") for name in TITLES}


def needs_of(modules, name):
    """All that must have happened before chapter `name`, in the order of the story."""
    found, open_ends = set(), list(modules[name].NEEDS)
    while open_ends:
        one = open_ends.pop()
        if one not in found:
            found.add(one)
            open_ends += modules[one].NEEDS
    return [one for one in modules if one in found]
