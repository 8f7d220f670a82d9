/** X.509 certificates (RFC 5280) on P-256 keys: a CA's own, and a server's signed by it. */
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { realNow } from '../machineTime.js';
import {
  bits,
  boolean,
  explicit,
  identifier,
  implicit,
  integer,
  octets,
  sequence,
  set,
  text,
  time,
} from './der.js';

const ECDSA_WITH_SHA256 = sequence(identifier('1.2.840.10045.4.3.2'));
const COMMON_NAME = identifier('2.5.4.3');
const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTHENTICATION = identifier('1.3.6.1.5.5.7.3.1');

const DAY_MS = 24 * 3600 * 1000;

export interface Issuer {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** The CA's own certificate as PEM, good from yesterday for ten years. */
export function caCertificate(issuer: Issuer): string {
  return certificate(issuer, issuer.name, issuer.publicKey, 3650, [
    extension(BASIC_CONSTRAINTS, true, sequence(boolean(true), integer(Buffer.from([0])))),
    // Bits 5 and 6: certificates and revocation lists may be signed.
    extension(KEY_USAGE, true, bits(Buffer.from([0b0000_0110]), 1)),
  ]);
}

/** A server's certificate as PEM, for exactly one host name, good from yesterday for a year. */
export function serverCertificate(issuer: Issuer, host: string, publicKey: KeyObject): string {
  return certificate(issuer, host, publicKey, 365, [
    extension(BASIC_CONSTRAINTS, true, sequence()),
    extension(KEY_USAGE, true, bits(Buffer.from([0b1000_0000]), 7)),
    extension(EXTENDED_KEY_USAGE, false, sequence(SERVER_AUTHENTICATION)),
    extension(SUBJECT_ALTERNATIVE_NAME, false, sequence(implicit(2, Buffer.from(host, 'ascii')))),
    extension(AUTHORITY_KEY_IDENTIFIER, false, sequence(implicit(0, keyId(issuer.publicKey)))),
  ]);
}

function certificate(
  issuer: Issuer,
  subject: string,
  publicKey: KeyObject,
  days: number,
  extensions: readonly Buffer[],
): string {
  // Whoever verifies it asks the machine itself for the time.
  const now = realNow();
  const serial = randomBytes(16);
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_WITH_SHA256,
    name(issuer.name),
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + days * DAY_MS))),
    name(subject),
    spki(publicKey),
    explicit(3, sequence(...extensions, extension(SUBJECT_KEY_IDENTIFIER, false, octets(keyId(publicKey))))),
  );
  const signature = sign('sha256', toBeSigned, { key: issuer.privateKey, dsaEncoding: 'der' });
  return pem(sequence(toBeSigned, ECDSA_WITH_SHA256, bits(signature)));
}

/** A common name has at most 64 characters; where a host is longer, its alternative name alone tells it. */
function name(commonName: string): Buffer {
  return sequence(set(sequence(COMMON_NAME, text(commonName.slice(0, 64)))));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(identifier(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function spki(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha1').update(spki(publicKey)).digest();
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
