#!/usr/bin/python3
"""wissel-partner from outside, as the gateway and a test see it. The folder with the program: WISSEL_BIN."""
import http.client
import json
import pathlib
import socket
import ssl
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from testnet import pki, processes, waiting  # noqa: E402
from testnet.client import Client  # noqa: E402

SUBJECT = {"soort": "bsn", "waarde": "999990019"}
ZAAK = {"zaak": {"identificatie": "Z1", "bronorganisatie": pki.oin(101)}, "status": {"omschrijving": "Intake"}}
EVENT = {"specversion": "1.0", "id": "1", "source": f"urn:nld:oin:{pki.oin(102)}:systeem:zaken",
         "type": "nl.overheid.zaken.zaakstatus-gewijzigd", "subject": "Z1", "data": {"getal": 1.0}}
EVENT_TYPE = {"Content-Type": "application/cloudevents+json"}


class PartnerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.directory = directory = pathlib.Path(folder.name)
        ca = pki.Authority().write(directory)
        cls.ca = ca
        for number, name in ((1, "wissel"), (101, "p1"), (901, "p1-anders")):
            ca.organisation(number, name).write(directory, name)
        process = processes.start(
            [processes.program("wissel-partner"), "--ca", directory / "ca.pem",
             "--cert", directory / "p1.pem", "--key", directory / "p1.key",
             "--other-cert", directory / "p1-anders.pem", "--other-key", directory / "p1-anders.key",
             "--deliveries", directory / "ontvangen.ndjson", "--ready-file", directory / "ready.json"],
            directory / "partner.log")
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.terminate)
        waiting.until((directory / "ready.json").exists, 10, "the partner")
        ports = json.loads((directory / "ready.json").read_text())
        cls.port, cls.url = ports["port"], f"https://127.0.0.1:{ports['port']}"
        cls.control = Client(f"http://127.0.0.1:{ports['control']}")
        cls.addClassCleanup(cls.control.close)

    def setUp(self):
        self.behave("goed")
        self.client = self.connect(self.directory / "wissel.pem", self.directory / "wissel.key")

    def connect(self, cert=None, key=None, timeout_s=20):
        client = Client(self.url, self.directory / "ca.pem", cert, key, timeout_s)
        self.addCleanup(client.close)
        return client

    def behave(self, kind, op="alles", **more):
        self.control.post("/gedrag", {"op": op, "soort": kind, **more}, expect=(204,))

    def ask(self, subject=SUBJECT):
        return self.client.post("/statusbevraging", {"onderwerp": subject, "afnemer": pki.oin(102)})

    def tell(self, event=EVENT):
        return self.client.post("/gebeurtenissen", json.dumps(event).encode(), headers=EVENT_TYPE)

    def delivered(self):
        return [json.loads(line) for line in (self.directory / "ontvangen.ndjson").read_text().splitlines()]

    def test_answers_a_pull_with_its_zaken(self):
        self.control.post("/zaken", {"onderwerpen": [SUBJECT], "zaak": ZAAK}, expect=(204,))
        self.assertEqual(self.ask().json(), {"zaken": [ZAAK]})
        unknown = self.ask({"soort": "bsn", "waarde": "999990342"})
        self.assertEqual((unknown.status, unknown.json()), (200, {"zaken": []}))

    def test_writes_each_delivery_before_its_answer_repeats_included(self):
        before = len(self.delivered())
        for _ in range(2):
            self.assertEqual(self.tell().status, 204)
        lines = self.delivered()[before:]
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines[0]["afzender"], pki.oin(102))
        self.assertEqual(lines[0]["bericht"], EVENT)
        self.assertRegex(lines[0]["ontvangenOp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_refuses_what_is_no_event(self):
        before = len(self.delivered())
        self.assertEqual(self.client.post("/gebeurtenissen", EVENT).status, 415)
        self.assertEqual(self.tell({"id": "1"}).status, 400)
        self.assertEqual(self.client.get("/gebeurtenissen").status, 405)
        self.assertEqual(self.client.post("/iets").status, 404)
        self.assertEqual(len(self.delivered()), before)

    def test_takes_clients_with_a_certificate_of_its_authority_only(self):
        stranger = pki.wrong_certificate("other-ca", self.ca).write(self.directory, "stranger")
        for cert, key in ((None, None), (stranger.cert_file, stranger.key_file)):
            with self.assertRaises((OSError, http.client.HTTPException)):
                self.connect(cert, key).post("/statusbevraging", {"onderwerp": SUBJECT})

    def test_fails_as_often_as_it_is_told(self):
        self.behave("fout", "gebeurtenis", status=503, retryAfterS=3, aantal=1)
        before = len(self.delivered())
        self.assertEqual(self.ask().status, 200)
        refused = self.tell()
        self.assertEqual((refused.status, refused.headers["Retry-After"]), (503, "3"))
        self.assertEqual(len(self.delivered()), before)
        self.assertEqual(self.tell().status, 204)
        self.assertEqual(self.control.get("/gedrag").json(),
                         {"bevraging": {"soort": "goed"}, "gebeurtenis": {"soort": "goed"}})

    def test_a_delay_comes_before_a_good_answer(self):
        self.behave("vertraging", ms=50, aantal=1)
        self.assertEqual(self.ask().status, 200)

    def test_answers_of_another_shape_are_200(self):
        self.behave("verkeerdeVorm", "bevraging", aantal=1)
        answer = self.ask()
        self.assertEqual(answer.status, 200)
        self.assertNotIsInstance(answer.json()["zaken"], list)

    def test_garbage_is_no_http_and_a_break_no_answer(self):
        for kind, expected in (("onzin", http.client.BadStatusLine), ("verbreekt", OSError)):
            with self.subTest(kind):
                self.behave(kind, aantal=1)
                self.assertRaises(expected, self.ask)
                self.assertEqual(self.ask().status, 200)

    def test_a_hang_ends_with_the_client_and_hinders_nobody(self):
        self.behave("hangt", aantal=1)
        patient, self.client = self.client, self.connect(self.directory / "wissel.pem", self.directory / "wissel.key", 0.2)
        self.assertRaises(socket.timeout, self.ask)
        self.client = patient
        self.assertEqual(self.ask().status, 200)

    def test_presents_another_certificate_on_new_connections_and_ends_the_old(self):
        def presented():
            context = ssl.create_default_context(cafile=str(self.directory / "ca.pem"))
            context.load_cert_chain(self.directory / "wissel.pem", self.directory / "wissel.key")
            with socket.create_connection(("127.0.0.1", self.port)) as plain, \
                    context.wrap_socket(plain, server_hostname="127.0.0.1") as stream:
                return dict(pair for rdn in stream.getpeercert()["subject"] for pair in rdn)["serialNumber"]

        self.assertEqual(self.ask().status, 200)
        self.behave("certificaat", aantal=1)
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.ask()
        self.assertEqual(presented(), pki.oin(901))
        self.assertEqual(presented(), pki.oin(101))

    def test_refuses_behaviour_that_it_does_not_know(self):
        for wrong in ({}, {"op": "alles"}, {"op": "alles", "soort": "raar"}, {"op": "alles", "soort": "goed", "x": 1}):
            self.assertEqual(self.control.post("/gedrag", wrong).status, 400)


if __name__ == "__main__":
    unittest.main()
