#!/usr/bin/python3
"""The keys a participant publishes to sign with: set by itself alone, seen by everyone."""
import base64
import json
import os
import pathlib
import stat
import subprocess
import tempfile

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import harness
from harness import pki

ED = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
EC = {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}



def new_key():
    point = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(point).decode().rstrip("=")}


# Of others than P1: one key belongs to one participant.
OTHER = new_key()


class SigningKeys(harness.ApiTest):
    def path(self, oin=None):
        return f"/v1/deelnemers/{oin or self.oin1}/ondertekensleutels"

    def publish(self, *keys, expect=200, code=None, who=None, headers=None, oin=None):
        return (who or self.p1).put(self.path(oin), {"keys": list(keys)}, headers=headers, expect=expect, code=code)

    def test_published_and_seen_by_everyone(self):
        done = self.publish({**ED, "kid": "een"}, {**EC, "kid": "twee", "use": "sig", "alg": "ES256", "key_ops": ["verify"]})
        shown = {"keys": [{**ED, "kid": "een", "alg": "EdDSA", "use": "sig"},
                          {**EC, "kid": "twee", "alg": "ES256", "use": "sig"}]}
        self.assertEqual(done.json(), shown)
        for who in (self.p1, self.p2, self.operator, self.auditor):
            read = who.get(self.path(), expect=200)
            self.assertEqual((read.json(), read.headers["ETag"]), (shown, done.headers["ETag"]))
        self.p1.put(self.path(), read.json(), expect=200)  # what is read can be sent back
        self.publish()
        self.assertEqual(self.p2.get(self.path(), expect=200).json(), {"keys": []})

    def test_by_the_participant_itself_only(self):
        for who in (self.p2, self.operator, self.auditor):
            self.publish({**ED, "kid": "een"}, who=who, expect=403, code="niet-gerechtigd")
        self.publish({**ED, "kid": "een"}, oin=pki.oin(599), expect=403, code="niet-gerechtigd")
        self.p1.get(self.path(pki.oin(599)), expect=404, code="niet-gevonden")
        self.p1.get(self.path("123"), expect=404, code="niet-gevonden")
        self.publish({**ED, "kid": "een"}, oin="123", expect=404, code="niet-gevonden")

    def test_the_operator_changes_the_participant_and_not_its_keys(self):
        self.publish({**OTHER, "kid": "blijft"}, who=self.p2, oin=self.oin2)
        where = f"/v1/deelnemers/{self.oin2}"
        participant = self.operator.get(where, expect=200).json()
        self.assertNotIn("ondertekensleutels", participant)
        refused = self.operator.put(where, {**participant, "ondertekensleutels": {"keys": []}}, expect=400,
                                    code="veld-onbekend")
        self.assertEqual(self.pointers(refused), ["/ondertekensleutels"])
        self.operator.put(where, participant, expect=200)
        kept = self.p1.get(self.path(self.oin2), expect=200).json()["keys"]
        self.assertEqual([key["kid"] for key in kept], ["blijft"])

    def test_not_a_key_of_somebody_else(self):
        self.publish({**OTHER, "kid": "van-twee"}, who=self.p2, oin=self.oin2)
        self.publish({**OTHER, "kid": "mijn"}, expect=409, code="conflict")

    def test_not_over_somebody_elses_change(self):
        first = self.publish({**ED, "kid": "een"})
        self.publish({**EC, "kid": "twee"}, headers={"If-Match": first.headers["ETag"]})
        self.publish({**ED, "kid": "een"}, headers={"If-Match": first.headers["ETag"]}, expect=412, code="versie-wijkt-af")

    def test_faults(self):
        secret = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
        answer = self.publish({**ED, "kid": "een", "d": secret}, {**ED}, {**EC, "kid": "x", "y": EC["x"]},
                              {"kty": "RSA", "kid": "rsa"}, expect=400)
        self.assertNotIn(secret, answer.text if hasattr(answer, "text") else answer.body.decode())
        self.assertEqual(self.pointers(answer), sorted(["/keys/0/d", "/keys/1/kid", "/keys/2/x", "/keys/3/crv"]))
        self.publish({**ED, "kid": "een"}, {**EC, "kid": "een"}, expect=400, code="veld-waarde")
        self.publish(*({**ED, "kid": str(i)} for i in range(21)), expect=400, code="veld-waarde")

    def test_the_record_names_what_was_read_and_published(self):
        done = self.publish({**ED, "kid": "een"})
        record = self.p1.get(f"/v1/verwerkingen/{harness.index_of(done)}", expect=200).json()
        self.assertIn(f"deelnemer:{self.oin1};sleutels", str(record))

    def test_keys_survive_a_restart(self):
        self.publish({**new_key(), "kid": "blijvend"}, who=self.p3, oin=self.oin3)
        self.net.run("stop")
        self.net.run("start")
        kept = self.p1.get(self.path(self.oin3), expect=200).json()["keys"]
        self.assertEqual([key["kid"] for key in kept], ["blijvend"])


class Wisselctl(harness.ApiTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ctl(self, *arguments, code=0, stdin=""):
        env = {**os.environ, "WISSEL_URL": self.net.env["WISSEL_URL"], "WISSEL_CA": self.net.env["WISSEL_CA"],
               "WISSEL_CERT": self.net.env["P1_CERT"], "WISSEL_KEY": self.net.env["P1_KEY"]}
        binary = pathlib.Path(os.environ.get("WISSEL_BIN", harness.ROOT / "build/release/bin")) / "wisselctl"
        done = subprocess.run([binary, *map(str, arguments)], env=env, input=stdin, capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, code, f"wisselctl {arguments}: {done.stdout}{done.stderr}")
        return done

    def publish(self, *arguments, **options):
        done = self.ctl("participant", "publish-keys", self.oin1, *arguments, "--json", **options)
        return {key["kid"]: key for key in json.loads(done.stdout)["keys"]} if done.returncode == 0 else done

    def test_a_key_made_published_and_withdrawn(self):
        pem = self.folder / "key.pem"
        made = json.loads(self.ctl("agreement", "keygen", pem, "--json").stdout)["keys"][0]
        self.assertEqual(stat.S_IMODE(pem.stat().st_mode), 0o600)
        self.ctl("agreement", "keygen", pem, code=3)  # never overwritten
        self.publish("--replace")
        self.assertEqual(self.publish(pem), {made["kid"]: made})
        self.assertEqual(set(self.publish(pem, "--kid", "2027")), {made["kid"], "2027"})
        self.assertEqual(json.loads(self.ctl("participant", "keys", self.oin1, "--json").stdout),
                         self.p2.get(f"/v1/deelnemers/{self.oin1}/ondertekensleutels", expect=200).json())
        self.assertIn("2027", self.ctl("participant", "keys", self.oin1).stdout)
        self.assertEqual(set(self.publish(pem, "--kid", "2028", "--replace")), {"2028"})

    def test_of_a_private_jwk_only_the_public_half_is_sent(self):
        secret = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
        self.assertEqual(self.publish("-", "--replace", stdin=json.dumps({**ED, "d": secret, "key_ops": ["sign"]})),
                         {"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k": {
                             **ED, "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "alg": "EdDSA", "use": "sig"}})
        both = self.publish("-", "--replace", stdin=json.dumps({"keys": [{**ED, "kid": "a"}, {**EC, "kid": "b"}]}))
        self.assertEqual(set(both), {"a", "b"})

    def test_what_is_no_key_is_refused_here(self):
        for text in ("geen sleutel", "{}", '{"keys": 1}', '{"keys": [1]}', "-----BEGIN PRIVATE KEY-----\n",
                     json.dumps({**EC, "y": EC["x"]}), json.dumps({"kty": "RSA", "n": "AQAB", "e": "AQAB"})):
            self.publish("-", stdin=text, code=1)
        self.publish(code=2)
        self.publish("-", "--kid", "x", stdin=json.dumps({"keys": [{**ED, "kid": "a"}, {**EC, "kid": "b"}]}), code=2)


if __name__ == "__main__":
    harness.main()
