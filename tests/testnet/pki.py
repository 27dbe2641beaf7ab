"""A throw-away certificate authority: right certificates for a test network, and wrong ones for tests.

All right ones pass OpenSSL's X509_V_FLAG_X509_STRICT. Needs Debian's python3-cryptography.
"""
import datetime
import ipaddress
import os
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER = ExtendedKeyUsageOID.SERVER_AUTH


def oin(number):
    """The test OIN with this number: prefix 00000099, nine digits, three zeros."""
    return f"00000099{number:09d}000"


def write_private(path, data):
    """Writes a file that only its owner can read; it is never readable by others, not even for a moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def key_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def _now():
    return datetime.datetime.utcnow().replace(microsecond=0)


def _key_usage(ca):
    return x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, content_commitment=False,
                         key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                         decipher_only=False)


class Issued:
    """A certificate and its key, in memory and, after write(), as PEM files."""

    def __init__(self, certificate, key):
        self.certificate = certificate
        self.key = key
        self.cert_file = self.key_file = None

    def write(self, directory, name):
        directory = pathlib.Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        self.cert_file, self.key_file = directory / f"{name}.pem", directory / f"{name}.key"
        self.cert_file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        write_private(self.key_file, key_pem(self.key))
        return self

    def spki_sha256(self):
        """What a pin holds: SHA-256 over the DER form of the public key, as bytes."""
        der = self.key.public_key().public_bytes(serialization.Encoding.DER,
                                                 serialization.PublicFormat.SubjectPublicKeyInfo)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(der)
        return digest.finalize()


class Authority:
    """Issues certificates with P-256 keys. Its own certificate stands in ca_file after write()."""

    def __init__(self, name="Wissel test CA"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
                               x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
                               x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.revoked = []
        identifier = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        self.certificate = (
            x509.CertificateBuilder().subject_name(self.name).issuer_name(self.name)
            .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(_now() - datetime.timedelta(days=1))
            .not_valid_after(_now() + datetime.timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(ca=True), critical=True)
            .add_extension(identifier, critical=False)
            .add_extension(self._authority_identifier(), critical=False)
            .sign(self.key, hashes.SHA256()))
        self.ca_file = self.crl_file = None

    @classmethod
    def load(cls, directory, name="ca"):
        """The authority that write() left there. What it revoked before is not known to it any more."""
        directory = pathlib.Path(directory)
        self = cls.__new__(cls)
        self.key = serialization.load_pem_private_key((directory / f"{name}.key").read_bytes(), None)
        self.certificate = x509.load_pem_x509_certificate((directory / f"{name}.pem").read_bytes())
        self.name = self.certificate.subject
        self.revoked = []
        self.ca_file, self.crl_file = directory / f"{name}.pem", directory / f"{name}.crl"
        return self

    def _authority_identifier(self):
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())

    def write(self, directory, name="ca"):
        """Writes NAME.pem, NAME.key and NAME.crl (PEM)."""
        directory = pathlib.Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        self.ca_file, self.crl_file = directory / f"{name}.pem", directory / f"{name}.crl"
        self.ca_file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        write_private(directory / f"{name}.key", key_pem(self.key))
        self.crl_file.write_bytes(self.crl())
        return self

    def issue(self, serial_numbers, organisation, usages=(SERVER, CLIENT), from_days=-1, to_days=365,
              common_name=None, hosts=("localhost", "127.0.0.1")):
        """A certificate whose subject holds each of serial_numbers as an OIN would stand there; any text will do."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = [x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
                   x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
                   x509.NameAttribute(NameOID.COMMON_NAME, common_name or hosts[0])]
        subject += [x509.NameAttribute(NameOID.SERIAL_NUMBER, text) for text in serial_numbers]
        alternatives = [x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
                        for host in hosts]
        certificate = (
            x509.CertificateBuilder().subject_name(x509.Name(subject)).issuer_name(self.name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(_now() + datetime.timedelta(days=from_days))
            .not_valid_after(_now() + datetime.timedelta(days=to_days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(list(usages)), critical=False)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(self._authority_identifier(), critical=False)
            .sign(self.key, hashes.SHA256()))
        return Issued(certificate, key)

    def organisation(self, number, name):
        """The ordinary certificate of the test organisation with this number (see oin())."""
        return self.issue([oin(number)], name)

    def revoke(self, issued):
        self.revoked.append(issued.certificate.serial_number)

    def crl(self, days=30):
        """The list of what was revoked so far, in PEM; at first an empty one. days < 0: lapsed already."""
        now = _now()
        builder = (x509.CertificateRevocationListBuilder().issuer_name(self.name)
                   .last_update(now - datetime.timedelta(days=max(1, 1 - days)))
                   .next_update(now + datetime.timedelta(days=days))
                   .add_extension(self._authority_identifier(), critical=False)
                   .add_extension(x509.CRLNumber(len(self.revoked) + 1), critical=False))
        for number in self.revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(number).revocation_date(now).build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def wrong_certificate(kind, authority, number=100, name="Gemeente Verkeerd"):
    """A certificate that is wrong in one way, an organisation's in all others. After kind "revoked" the list must be
    made anew (authority.crl()). Kinds: see WRONG_KINDS."""
    return WRONG_KINDS[kind](authority, oin(number), name)


def _revoked(authority, number, name):
    issued = authority.issue([number], name)
    authority.revoke(issued)
    return issued


WRONG_KINDS = {
    "other-ca": lambda ca, number, name: Authority("Another CA").issue([number], name),
    "other-ca-same-name": lambda ca, number, name: Authority(
        ca.name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value).issue([number], name),
    "expired": lambda ca, number, name: ca.issue([number], name, from_days=-30, to_days=-1),
    "not-yet-valid": lambda ca, number, name: ca.issue([number], name, from_days=1),
    "revoked": _revoked,
    "server-only": lambda ca, number, name: ca.issue([number], name, usages=[SERVER]),
    "no-oin": lambda ca, number, name: ca.issue([], name),
    "two-oins": lambda ca, number, name: ca.issue([number, oin(999)], name),
    "oin-too-short": lambda ca, number, name: ca.issue([number[:-1]], name),
    "oin-unknown-prefix": lambda ca, number, name: ca.issue(["00000077" + number[8:]], name),
    "oin-of-production": lambda ca, number, name: ca.issue(["00000001002220647000"], name),
    "oin-in-common-name": lambda ca, number, name: ca.issue([], name, common_name=number),
}


def log_key():
    """A new Ed25519 key for signing the log: (PEM, 32 bytes of the public key)."""
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return key_pem(key), public
