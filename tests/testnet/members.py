"""Who takes part in a test network, and what they agreed and hold: set over the API, as an operator would."""
import csv
import hashlib
import json

from . import files, pki
from .client import Client

BULK_LINES = 10_000
# Meaning: standards of the field; the terms and figures are a test network's own.
AGREEMENT = {
    "doel": "https://doelen.example.nl/zaakstatus",
    "wettelijkeGrondslag": {"soort": "taakVanAlgemeenBelang", "verwijzing": "Algemene wet bestuursrecht, artikel 2:15"},
    "zaaktypen": [],
    "categorieen": [],
    "handelingen": ["zoeken", "bevragen", "ontvangen"],
    "maxVertrouwelijkheidaanduiding": "zeer_geheim",
    "verwerkingsactiviteit": "https://verwerkingen.example.nl/zaakstatus",
    "toestemmingVereist": False,
    "machtigingToegestaan": True,
    "geldigVan": "2020-01-01T00:00:00Z",
    "geldigTot": "2099-12-31T00:00:00Z",
    "bewaartermijnVerwijzing": [{"termijn": "P2Y"}],
    "servicelevel": {"reactietijdMs": 5000, "openstelling": "altijd", "tijdigheidMs": 60000, "terugmeldtermijn": "P5D"},
}


def register(operator, partners, clients):
    """Registers everyone and the agreement between all partners, signed by each; returns the agreement's id.

    clients: of the partners, in the same order."""
    organisations = [
        (files.BEHEERDER, "Beheerder van het schakelpunt", ["schakelpuntbeheerder"], {}),
        (files.AUDITOR, "Auditdienst", ["auditor"], {}),
        *((files.FIRST_PARTNER + i, partner["name"], ["bronhouder", "afnemer"],
           {"statusbevraging": f"{partner['url']}/statusbevraging", "gebeurtenissen": f"{partner['url']}/gebeurtenissen"})
          for i, partner in enumerate(partners)),
    ]
    for number, name, roles, endpoints in organisations:
        operator.put(f"/v1/deelnemers/{pki.oin(number)}", {
            "oin": pki.oin(number), "naam": name, "rollen": roles, "stand": "aangesloten", "soort": "deelnemer",
            "eindpunten": endpoints}, expect=(200, 201))
    oins = [partner["oin"] for partner in partners]
    agreement = {"aanbieders": oins, "afnemers": oins, **AGREEMENT}
    return agree(operator, clients, agreement)


# What the API shows of an agreement beside the content that parties sign.
SHOWN_BESIDE = ("id", "versie", "stand", "opsteller", "ondertekeningen", "wachtOp", "schorsingen", "einde", "opvolger",
                "voorstel", "wijziging")


def content_of(shown):
    """The content of an agreement as the API shows it, to propose another one like it."""
    return {name: value for name, value in shown.items() if name not in SHOWN_BESIDE}


def agree(author, parties, content, identity=None):
    """A new agreement, or a new version of one, from draft to in force: offered by its author and confirmed by every
    party. parties: a client of each organisation that it names. Returns its id."""
    base = "/v1/uitwisselafspraken"
    if identity:
        author.put(f"{base}/{identity}", content, expect=(200,))
    else:
        identity = author.post(base, content, expect=(201,)).json()["id"]
    offered = author.post(f"{base}/{identity}/aanbieding", expect=(200,)).json()
    version = offered.get("voorstel", offered)["versie"]
    for party in parties:
        signed = party.get(f"{base}/{identity}/versies/{version}/inhoud", expect=(200,)).body
        party.post(f"{base}/{identity}/ondertekeningen",
                   {"versie": version, "bevestiging": {"inhoudSha256": hashlib.sha256(signed).hexdigest()}}, expect=(200,))
    return identity


def read_persons(path):
    """The BSNs of a CSV file with a column `bsn`, in its order."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            if "bsn" not in (rows.fieldnames or []):
                raise SystemExit(f"testnet: {path} has no column 'bsn'")
            return [_checked(row["bsn"], path, rows.line_num) for row in rows if row["bsn"]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SystemExit(f"testnet: {path} is no CSV file in UTF-8: {error}") from error


def passes_elfproef(digits):
    return sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11 == 0


def _checked(bsn, path, line):
    """The number is not shown: it may be somebody's."""
    if not (bsn.isascii() and bsn.isdigit() and len(bsn) == 9):
        raise SystemExit(f"testnet: {path}:{line}: bsn is not nine digits")
    if not passes_elfproef(bsn):
        raise SystemExit(f"testnet: {path}:{line}: bsn fails the check of its digits (elfproef)")
    return bsn


def zaak_of(index, bsn, oin, zaaktypen):
    """The reference and the status of the zaak of person `index`; one person has one zaak, at one partner."""
    zaaktype = zaaktypen[index % len(zaaktypen)]
    names = zaaktype["statustypen"]
    step = index % 3  # the first three lie before any end status
    zaak = {"identificatie": f"ZAAK-{index + 1:07d}", "bronorganisatie": oin}
    reference = {"zaak": zaak, "betrokkenen": [{"soort": "bsn", "waarde": bsn}], "zaaktype": zaaktype["code"]}
    status = {
        "zaak": {**zaak, "zaaktype": {"code": zaaktype["code"], "omschrijving": zaaktype["omschrijving"]}},
        "status": {"omschrijving": names[step], "volgnummer": step + 1, "isEindstatus": False,
                   "statusgroep": ("ontvangen", "in_behandeling", "wacht_op_aanvrager")[step],
                   "gezetOp": "2026-11-02T09:00:00Z"},
        "verwachting": {"datum": "2026-12-01", "aard": "indicatief", "doorlooptijd": zaaktype["doorlooptijd"]},
    }
    subjects = [{"soort": "bsn", "waarde": bsn},
                {"soort": "zaak", "waarde": zaak["identificatie"], "bronorganisatie": oin}]
    return reference, {"onderwerpen": subjects, "zaak": status}


def give_zaken(partner, numbered, zaaktypen):
    """The zaken of these (index, BSN), at the partner itself."""
    with Client(partner["control"]) as control:
        for index, bsn in numbered:
            control.post("/zaken", zaak_of(index, bsn, partner["oin"], zaaktypen)[1], expect=(204,))


def register_persons(partner, client, numbered, zaaktypen):
    """References of these (index, BSN) at one partner, in Wissel's index, and their zaken at the partner itself."""
    give_zaken(partner, numbered, zaaktypen)
    for begin in range(0, len(numbered), BULK_LINES):
        lines = [json.dumps({"zet": zaak_of(index, bsn, partner["oin"], zaaktypen)[0]})
                 for index, bsn in numbered[begin:begin + BULK_LINES]]
        answer = client.post("/v1/verwijzingen/bulk", ("\n".join(lines) + "\n").encode(), expect=(200,),
                             headers={"Content-Type": "application/x-ndjson"})
        report_refused(partner, answer)


def report_refused(partner, answer):
    """The answer names refused lines first, a summary last; one refused line of ours is a fault worth stopping for."""
    lines = [json.loads(line) for line in answer.body.splitlines() if line.strip()]
    if len(lines) != 1:
        raise SystemExit(f"testnet: {partner['name']}: refused in bulk: {lines[:5]}")
