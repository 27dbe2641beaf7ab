// Run by interop_test: node interop.mjs FOLDER-WITH-JOSE JWS_SIDE
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const [tools, program] = process.argv.slice(2);
const jose = createRequire(path.join(tools, "here.js"))("jose");

const PAYLOAD = JSON.stringify({ doel: "https://example.nl/doel", versie: 2, naam: "Súdwest-Fryslân" });
const OLDER = PAYLOAD.replace('"versie":2', '"versie":1');
const bytes = (text) => new TextEncoder().encode(text);
const ours = (task) => JSON.parse(execFileSync(program, { input: JSON.stringify(task) }));

async function newKey(alg, kid) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await jose.exportJWK(publicKey)), kid };
  return { alg, kid, publicKey, privateKey, jwk, keys: { keys: [jwk] }, pem: await jose.exportPKCS8(privateKey) };
}

async function flattened(key, payload, more = {}) {
  const header = { alg: key.alg, kid: key.kid, ...more };
  const signed = await new jose.FlattenedSign(bytes(payload)).setProtectedHeader(header).sign(key.privateKey);
  return `${signed.protected}..${signed.signature}`;
}

async function compact(key, payload) {
  const header = { alg: key.alg, kid: key.kid };
  const [head, , signature] = (await new jose.CompactSign(bytes(payload)).setProtectedHeader(header).sign(key.privateKey))
    .split(".");
  return `${head}..${signature}`;
}

/** What jose makes of a detached JWS of ours; throws where it refuses. */
function theirs(jws, payload, key) {
  const [head, middle, signature] = jws.split(".");
  assert.equal(middle, "");
  return jose.flattenedVerify({ protected: head, payload: jose.base64url.encode(payload), signature }, key);
}

const REFUSED = { code: "handtekening-ongeldig" };

/** What jose signs, and what is wrong with it, judged by ours. */
async function theirsByOurs(key, other) {
  const verify = (jws, payload, keys = key.keys) => ours({ do: "verify", keys, jws, payload });
  const afdruk = await jose.calculateJwkThumbprint(key.jwk);
  for (const jws of [await flattened(key, PAYLOAD), await compact(key, PAYLOAD),
    await flattened(key, PAYLOAD, { typ: "JOSE", iat: 1 })]) {
    assert.deepEqual(verify(jws, PAYLOAD), { kid: key.kid, afdruk });
    assert.deepEqual(verify(jws, OLDER), REFUSED, "an older version's content");
    assert.deepEqual(verify(jws, PAYLOAD + " "), REFUSED, "altered content");
    assert.deepEqual(verify(jws, PAYLOAD, other.keys), REFUSED, "another key under the same name");
    assert.deepEqual(verify(jws, PAYLOAD, { keys: [] }), { code: "ondertekensleutel-onbekend" });
  }
  assert.deepEqual(verify(await flattened(key, OLDER), PAYLOAD), REFUSED, "a signature of the older version");
  assert.deepEqual(verify(await flattened(other, PAYLOAD), PAYLOAD), REFUSED, "another key's signature");
  const unencoded = await flattened(key, PAYLOAD, { b64: false, crit: ["b64"] });
  assert.deepEqual(verify(unencoded, PAYLOAD), REFUSED, "RFC 7797");
}

/** What ours signs, judged by jose, with the key as jose made it and as we publish it. */
async function oursByTheirs(key, other) {
  const set = ours({ do: "publish", pem: key.pem, kid: key.kid });
  const { jws } = ours({ do: "sign", pem: key.pem, kid: key.kid, payload: PAYLOAD });
  for (const verifier of [key.publicKey, jose.createLocalJWKSet(set)]) {
    const verified = await theirs(jws, PAYLOAD, verifier);
    assert.equal(new TextDecoder().decode(verified.payload), PAYLOAD);
    assert.deepEqual(verified.protectedHeader, { alg: key.alg, kid: key.kid });
    await assert.rejects(theirs(jws, OLDER, verifier), jose.errors.JWSSignatureVerificationFailed);
    await assert.rejects(theirs(jws, PAYLOAD + " ", verifier), jose.errors.JWSSignatureVerificationFailed);
  }
  await assert.rejects(theirs(jws, PAYLOAD, other.publicKey), jose.errors.JWSSignatureVerificationFailed);
  const unnamed = ours({ do: "publish", pem: key.pem, kid: "" }).keys[0];
  assert.equal(unnamed.kid, await jose.calculateJwkThumbprint(unnamed), "the same thumbprint");
}

for (const alg of ["ES256", "EdDSA"]) {
  // ES256 of jose and ours both draw a nonce: several rounds, so that leading zeros in r and s come by as well.
  for (let round = 0; round < 10; ++round) {
    const [key, other] = [await newKey(alg, "2027"), await newKey(alg, "2027")];
    await theirsByOurs(key, other);
    await oursByTheirs(key, other);
  }
  console.log(`${alg}: both ways`);
}
