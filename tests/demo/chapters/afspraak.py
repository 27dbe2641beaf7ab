"""An agreement that three parties sign with their own keys, and a decision under it explained."""
import subprocess

from testnet import members, processes

NEEDS = ()
BASE = "/v1/uitwisselafspraken"


def tell(stage, teller):
    author, holders = stage.amsterdam, (stage.den_haag, stage.rotterdam)
    parties = (author, *holders)
    zaaktype = stage.zaaktypen[0]
    teller.say(f"""Who may ask whom for what is agreed, not configured. {author.name} drafts an `uitwisselafspraak`: it may
        search at {holders[0].name} and {holders[1].name}, about zaken of type {zaaktype['code']} only, and its employee
        must have the function klantcontact. Offered, its text is fixed; it holds when all three have signed those bytes.""")
    where = draft(stage, teller, author, holders, zaaktype)
    offered = stage.call(teller, author, "POST", f"{where}/aanbieding").json()
    teller.check(offered["stand"] == "aangeboden" and len(offered["wachtOp"]) == 3,
                 "offered: it waits for three signatures", offered["wachtOp"])
    for party in parties:
        sign(stage, teller, party, where)
    signed = stage.call(teller, author, "GET", where).json()
    teller.table(["partij", "wijze", "sleutel"],
                 [(stage.name_of(one["door"]), one["wijze"], one["kid"][:12] + "…") for one in signed["ondertekeningen"]])
    teller.check(signed["stand"] == "vanKracht", "with the third signature it is in force", signed["stand"])
    explain(stage, teller, author, where.rpartition("/")[2], zaaktype["code"])


def draft(stage, teller, author, holders, zaaktype):
    shown = author.client.get(f"{BASE}/{stage.agreement}", expect=(200,)).json()
    body = members.content_of(shown) | {
        "aanbieders": sorted(one.oin for one in holders), "afnemers": [author.oin], "zaaktypen": [zaaktype["code"]],
        "handelingen": ["zoeken"], "gebruikerVereist": True, "functies": ["klantcontact"]}
    return f"{BASE}/{stage.call(teller, author, 'POST', BASE, body, expect=201).json()['id']}"


def sign(stage, teller, party, where):
    """With a key of its own, published at the gateway, by `wisselctl`."""
    key = stage.directory / f"p{party.number}" / "ondertekenen.pem"
    if not key.exists():
        wisselctl(stage, party, "agreement", "keygen", key)
        wisselctl(stage, party, "participant", "publish-keys", party.oin, key)
    teller.command(f"wisselctl agreement sign {where.rpartition('/')[2]} --key-file {key.name} --yes")
    wisselctl(stage, party, "agreement", "sign", where.rpartition("/")[2], "--key-file", key, "--yes")


def wisselctl(stage, who, *arguments):
    names = {name: stage.env[name] for name in ("WISSEL_URL", "WISSEL_CA")}
    names |= {"WISSEL_CERT": stage.env[f"P{who.number}_CERT"], "WISSEL_KEY": stage.env[f"P{who.number}_KEY"]}
    subprocess.run([processes.program("wisselctl"), *map(str, arguments)], env=names, check=True, capture_output=True,
                   timeout=60)


def explain(stage, teller, who, agreement, zaaktype):
    teller.say("""May this employee search? Before anybody is asked anything, the gateway explains its decision rule by rule.
        The explanation knows no person: it tells nothing about one.""")
    question = {"handeling": "zoeken", "grondslag": stage.ground(agreement), "zaaktype": zaaktype,
                "gebruiker": {"id": "kcc-17", "soort": "medewerker", "functie": "archivaris"}}
    told = stage.call(teller, who, "POST", "/v1/beslissingen/proef", question).json()
    teller.table(["regel", "uitkomst", "toelichting"],
                 [(step["regel"], step["uitkomst"], step["toelichting"]) for step in told["stappen"]
                  if step["uitkomst"] != "niet_bereikt"])
    teller.check(not told["toegestaan"] and told["code"] == "functie-niet-toegestaan",
                 f"an archivist may not; what would have to change: {told.get('nodig', {}).get('wat')}", told.get("code"))
    question["gebruiker"]["functie"] = "klantcontact"
    allowed = stage.call(teller, who, "POST", "/v1/beslissingen/proef", question).json()
    teller.check(allowed["toegestaan"] and allowed["uitwisselafspraak"]["versie"] == 1,
                 "somebody of the contact centre may, under version 1 of this agreement", allowed)
