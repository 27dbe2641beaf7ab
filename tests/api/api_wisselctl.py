#!/usr/bin/python3
"""wisselctl as an operator uses it: exit codes, output, and what it changes, against a running network."""
import json
import os
import pathlib
import subprocess

import harness
from harness import ApiTest, new_bsn, new_event, new_zaak, person

DONE, WRONG, USAGE, UNREACHABLE = range(4)
OPERATOR_PAGE = harness.ROOT / "docs/operator.md"

NETWORK = """\
deelnemers:
  - oin: "{oin}"
    naam: {name}
    rollen: [afnemer]
    stand: aangesloten
    quota: {{perMinuut: 1000}}
uitwisselafspraken:
  - aanbieders: ["{p1}"]
    afnemers: ["{oin}"]
    doel: https://doelen.example.nl/apply
    wettelijkeGrondslag: {{soort: wet, verwijzing: artikel 1}}
    handelingen: [zoeken]
    maxVertrouwelijkheidaanduiding: openbaar
    verwerkingsactiviteit: https://verwerkingen.example.nl/apply
    toestemmingVereist: false
    machtigingToegestaan: false
    geldigVan: 2026-01-01T00:00:00Z
    geldigTot: 2030-01-01T00:00:00Z
    bewaartermijnVerwijzing: []
"""


class WisselctlTest(ApiTest):
    @property
    def runtime(self):
        for line in (self.net.directory / "wissel.yaml").read_text().splitlines():
            if line.startswith("runtime_dir:"):
                return pathlib.Path(line.split(":", 1)[1].strip())
        raise AssertionError("the configuration names no runtime_dir")

    def ctl(self, *arguments, who="BEHEERDER", code=DONE, stdin=""):
        env = {**os.environ, "WISSEL_URL": self.net.env["WISSEL_URL"], "WISSEL_CA": self.net.env["WISSEL_CA"],
               "WISSEL_CERT": self.net.env[f"{who}_CERT"], "WISSEL_KEY": self.net.env[f"{who}_KEY"],
               "WISSEL_SOCKET": str(self.runtime / "control.sock")}
        binary = pathlib.Path(os.environ.get("WISSEL_BIN", harness.ROOT / "build/release/bin")) / "wisselctl"
        done = subprocess.run([binary, *map(str, arguments)], env=env, input=stdin, capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, code, f"wisselctl {arguments}: {done.stdout}{done.stderr}")
        return done

    def json(self, *arguments, **options):
        return json.loads(self.ctl(*arguments, "--json", **options).stdout)

    # --- the daemon ---

    def test_status_says_what_the_daemon_is(self):
        status = self.json("status")
        self.assertTrue(status["ready"])
        self.assertEqual(status["environment"], "test")
        self.assertEqual(status["log"]["vkey"], self.net.env["WISSEL_LOG_VKEY"])
        self.assertGreaterEqual(status["network"]["participants"], 5)
        self.assertEqual(status["disk"]["level"], "ok")
        self.assertIn("ready", self.ctl("status").stdout)

    def test_without_a_daemon_is_cannot_reach(self):
        self.ctl("status", "--socket", "/nonexistent/control.sock", code=UNREACHABLE)
        self.ctl("participant", "list", "--url", "https://127.0.0.1:1", code=UNREACHABLE)

    def test_reload_takes_over_what_can_change_or_nothing(self):
        path = self.net.directory / "wissel.yaml"
        before = path.read_text()
        try:
            path.write_text(before.replace("level: info", "level: debug").replace("name: wissel.test", "name: other"))
            report = self.json("reload")
            self.assertEqual(report, {"changed": ["logging.level"], "needs_restart": ["name"]})
            path.write_text(before.replace("level: info", "level: loud"))
            refused = self.ctl("reload", code=WRONG)
            self.assertIn("logging.level", refused.stderr)
            path.write_text(before)
            self.assertEqual(self.json("reload")["changed"], ["logging.level"])
        finally:
            path.write_text(before)
        self.search(person())

    def test_check_config_looks_into_the_files_of_tls(self):
        path = self.net.directory / "wissel.yaml"
        self.assertIn("in order", self.ctl("check-config", path).stdout)
        other = self.net.directory / "wissel-other-ca.yaml"
        other.write_text(path.read_text().replace("/pki/ca.pem", "/wissel.yaml"))
        refused = self.ctl("check-config", other, code=WRONG)
        self.assertIn("wissel.yaml", refused.stdout)
        self.assertIn("certificate", refused.stdout)

    def test_a_backup_of_the_running_daemon_verifies_and_so_does_its_restore(self):
        self.register()
        target = self.net.directory / "backup"
        report = self.json("backup", target)
        self.assertEqual(report["checkpoint"].splitlines()[1], str(report["log_size"]))
        vkey = self.net.env["WISSEL_LOG_VKEY"]
        verified = self.json("log", "verify", target, "--vkey", vkey)
        self.assertEqual(verified["signed_size"], report["log_size"])  # by the checkpoint in the backup
        self.ctl("backup", target, code=WRONG)  # never over one that is there
        self.ctl("backup", pathlib.Path(self.net.env["WISSEL_DATA"]) / "inside", code=WRONG)
        self.ctl("restore", target, self.net.directory / "restored")
        self.ctl("log", "verify", self.net.directory / "restored", "--vkey", vkey)
        self.ctl("restore", target, self.net.directory / "restored", code=WRONG)
        self.ctl("restore", self.net.directory / "none", self.net.directory / "other", code=UNREACHABLE)

    def test_a_restored_gateway_goes_on_where_the_backup_was_made(self):
        _, _, subject = self.register()
        target = self.net.directory / "backup-to-go-on"
        size = self.json("backup", target)["log_size"]
        data = pathlib.Path(self.net.env["WISSEL_DATA"])
        self.net.run("stop")
        data.rename(data.with_name("data-of-before"))
        self.ctl("restore", target, data)
        self.net.run("start")
        self.net.reread()
        self.assertEqual(self.holders(subject), [self.oin1])
        self.assertEqual(self.json("status")["log"]["records"], size + 1)

    def test_keys_are_counted(self):
        self.register()
        keys = self.json("key", "list")
        self.assertEqual([(key["id"], key["newest"]) for key in keys["pseudonym_keys"]], [(1, True)])
        self.assertGreaterEqual(keys["pseudonym_keys"][0]["references"], 1)
        self.assertEqual(keys["references_without_active_key"], 0)

    def test_the_verifier_key_is_that_of_the_log(self):
        said = self.ctl("key", "vkey", self.net.directory / "secrets/log.key", "--origin", "wissel.test/log/test")
        self.assertEqual(said.stdout.strip(), self.net.env["WISSEL_LOG_VKEY"])

    # --- the network ---

    def test_participants_are_made_changed_and_shown(self):
        oin = "00000099000000771000"
        self.ctl("participant", "put", oin, "--name", "Zonder rol", code=USAGE)
        self.ctl("participant", "put", oin, "--name", "Gemeente Nieuw", "--role", "afnemer,bronhouder", "--endpoint",
                 "statusbevraging=https://localhost:1/s")
        self.ctl("participant", "put", oin, "--state", "geschorst", "--per-minute", 10)
        shown = self.json("participant", "show", oin)
        self.assertEqual((shown["naam"], shown["stand"], shown["quota"]), ("Gemeente Nieuw", "geschorst",
                                                                         {"perMinuut": 10}))
        self.assertEqual(shown["eindpunten"], {"statusbevraging": "https://localhost:1/s"})
        self.assertIn("Gemeente Nieuw", self.ctl("participant", "list").stdout)
        refused = self.ctl("participant", "put", oin, "--role", "zot", code=WRONG)
        self.assertIn("/rollen/0", refused.stderr)
        self.assertEqual(self.json("participant", "put", oin, "--role", "zot", code=WRONG)["code"], "veld-waarde")

    def test_who_may_not_is_told_the_code(self):
        refused = self.ctl("participant", "put", self.oin2, "--name", "Anders", who="P1", code=WRONG)
        self.assertIn("rol-ontbreekt", refused.stderr)

    def test_agreements_are_made_from_the_template_changed_and_ended(self):
        text = self.ctl("agreement", "new").stdout.replace("00000001002220647000", self.oin1) \
            .replace("00000003123456780000", self.oin2)
        made = self.ctl("agreement", "new", "-", stdin=text).stdout.strip()
        self.assertIn(made, self.ctl("agreement", "list").stdout)
        changed = text.replace("zaakvertrouwelijk\n", "geheim\n")
        self.ctl("agreement", "put", made, "-", "--if-version", 9, stdin=changed, code=WRONG)
        self.ctl("agreement", "put", made, "-", "--if-version", 1, stdin=changed)
        self.assertEqual(self.json("agreement", "show", made)["maxVertrouwelijkheidaanduiding"], "geheim")
        self.assertIn("waits for the signatures of", self.ctl("agreement", "offer", made).stdout)
        self.ctl("agreement", "suspend", made, "--yes", code=WRONG)  # not signed, so there is nothing to suspend
        self.ctl("agreement", "end", made, code=USAGE)  # nobody to ask
        self.ctl("agreement", "end", made, "--reason", "proef voorbij", "--yes")
        self.assertEqual(self.json("agreement", "show", made)["stand"], "beeindigd")

    def test_representations_are_appointed_signed_shown_and_ended(self):
        identity = self.ctl("representation", "appoint", self.oin3, "--act", "zoeken,inzien", "--from", "2026-01-01T00:00:00Z",
                            "--until", "2036-01-01T00:00:00Z", who="P1").stdout.strip()
        self.assertEqual(self.json("representation", "show", identity, who="P3")["stand"], "aangeboden")
        for who in ("P1", "P3"):
            self.ctl("representation", "sign", identity, who=who, code=USAGE)
            self.ctl("representation", "sign", identity, "--confirm", "--yes", who=who)
        shown = self.ctl("representation", "show", identity, who="P1").stdout
        for word in ("vanKracht", "zoeken, inzien", "signed by", self.oin3):
            self.assertIn(word, shown)
        self.assertIn(identity, self.ctl("representation", "list", who="P3").stdout)
        self.assertNotIn(identity, self.ctl("representation", "list", who="P2").stdout)
        self.ctl("representation", "end", identity, "--reason", "klaar", "--yes", who="P3")
        self.assertEqual(self.json("representation", "show", identity, who="P1")["einde"]["reden"], "klaar")
        self.ctl("representation", "end", identity, "--yes", who="P1", code=WRONG)

    def test_apply_shows_the_difference_applies_it_and_has_nothing_to_do_again(self):
        path = self.net.directory / "network.yaml"
        oin = "00000099000000772000"
        path.write_text(NETWORK.format(oin=oin, name="Dienst Een", p1=self.oin1))
        self.assertIn("Dienst Een", self.ctl("apply", "-f", path, "--dry-run", code=WRONG).stdout)
        self.ctl("participant", "show", oin, code=WRONG)  # nothing was changed
        self.ctl("apply", "-f", path, code=USAGE)  # nobody to ask
        first = self.json("apply", "-f", path, "--yes")
        self.assertEqual([step["kind"] for step in first["steps"]], ["create", "create"])
        self.assertEqual(self.json("apply", "-f", path, "--yes")["steps"], [])
        self.ctl("apply", "-f", path, "--dry-run")
        path.write_text(NETWORK.format(oin=oin, name="Dienst Twee", p1=self.oin1))
        again = self.json("apply", "-f", path, "--yes")
        self.assertEqual([(step["kind"], step["id"], list(step["changes"])) for step in again["steps"]],
                         [("change", oin, ["naam"])])
        path.write_text(path.read_text().replace("rollen: [afnemer]", "rollen: [zot]"))
        self.assertIn(f"{path}:4:", self.ctl("apply", "-f", path, "--yes", code=WRONG).stderr)

    # --- traffic ---

    def test_find_reads_the_subject_from_standard_input(self):
        _, _, subject = self.register()
        found = self.json("find", "--agreement", self.net.agreement, who="P2", stdin=subject["waarde"] + "\n")
        self.assertEqual([holder["oin"] for holder in found["bronhouders"]], [self.oin1])
        many = self.ctl("find", "--agreement", self.net.agreement, who="P2",
                        stdin=f"{subject['waarde']}\n{new_bsn()}\n")
        self.assertNotIn(subject["waarde"], many.stdout + many.stderr)
        self.ctl("find", "--agreement", self.net.agreement, who="P2", code=USAGE)
        self.ctl("find", "--agreement", self.net.agreement, subject["waarde"], who="P2", code=USAGE)
        self.ctl("find", "--agreement", self.net.agreement, who="AUDITOR", stdin=subject["waarde"], code=WRONG)

    def test_messages_are_listed_and_shown(self):
        event = new_event(self.oin1, new_zaak(self.oin1))
        accepted = self.p1.post("/v1/statusberichten", event, headers=harness.EVENT, expect=202).json()
        self.assertIn(accepted["id"], [row["id"] for row in self.json("message", "list", who="P1")])
        self.assertEqual(self.json("message", "show", accepted["id"], who="P1")["volgnummer"], accepted["volgnummer"])
        self.ctl("message", "show", accepted["id"], who="P2", code=WRONG)

    def test_why_says_how_a_message_stands_and_when_it_is_tried_again(self):
        self.net.behave("P2", "fout", "gebeurtenis", status=503, retryAfterS=60)
        self.p2.post("/v1/abonnementen", {"bezorging": {"soort": "webhook"}, "bronhouders": [self.oin1],
                                          "grondslag": self.ground()}, expect=201)
        event = new_event(self.oin1, new_zaak(self.oin1))
        accepted = self.p1.post("/v1/statusberichten", event, headers=harness.EVENT, expect=202).json()

        def waits():
            """The first attempt has failed and the next one has its moment."""
            place = self.json("message", "show", accepted["id"], who="P1")["afnemers"][0]
            return place if "volgendePoging" in place else None

        place = harness.wait_until(waits, harness.LIMIT_S, "the first attempt fails")
        self.assertEqual((place["stand"], place["pogingen"]), ("wachtend", 1))
        self.assertGreater(place["volgendePoging"], place["op"])
        told = self.ctl("why", accepted["id"], who="P1").stdout
        for word in (self.net.agreement, self.oin2, place["volgendePoging"], "nobody: it is tried again by itself"):
            self.assertIn(word, told)
        self.net.behave("P2")
        self.ctl("why", accepted["id"], who="P2", code=WRONG)

    def test_the_log_is_read_exported_followed_and_checked(self):
        answer, _, _ = self.register()
        index = harness.index_of(answer)
        rows = self.json("log", "query", "--party", self.oin1, "--action", "registreren", who="AUDITOR")
        self.assertIn(index, [row["index"] for row in rows["verwerkingen"]])
        self.assertIn("registreren", self.ctl("log", "query", who="AUDITOR").stdout)
        target = self.net.directory / "log.ndjson"
        self.ctl("log", "export", "-o", target, who="AUDITOR")
        exported = [json.loads(line)["index"] for line in target.read_text().splitlines()]
        self.assertEqual(exported, sorted(exported))
        self.assertIn(index, exported)
        self.ctl("log", "export", "-o", target, who="AUDITOR", code=WRONG)  # never over a file
        newest = self.ctl("log", "tail", "--count", 3, who="AUDITOR").stdout.splitlines()
        self.assertEqual(len(newest), 3)
        self.assertTrue(self.json("log", "check", index, "--vkey", self.net.env["WISSEL_LOG_VKEY"],
                                  who="AUDITOR")["in_log"])
        other = "wissel.test/log/test+2b17f971+AfT+T27+ZjAhXGoIByRQawgwIPb0hNr1NPYvnJqqssmy"
        self.ctl("log", "check", index, "--vkey", other, who="AUDITOR", code=WRONG)

    # --- the page ---

    def test_the_operators_page_explains_every_metric(self):
        _, _, subject = self.register()
        self.search(subject)
        page = OPERATOR_PAGE.read_text(encoding="utf-8")
        names = {line.split()[2] for line in self.net.operators("/metrics").splitlines() if line.startswith("# TYPE")}
        self.assertGreater(len(names), 20)
        self.assertEqual([name for name in sorted(names) if f"`{name}`" not in page], [])


if __name__ == "__main__":
    harness.main()
