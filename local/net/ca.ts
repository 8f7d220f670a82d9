/**
 * The certificate authority of one state folder: made once, trusted by the app through `NODE_EXTRA_CA_CERTS`, and
 * asked for a certificate whenever a client connects to a host for the first time.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { caCertificate, type Issuer, serverCertificate } from './certificate.js';

const NAME = 'Airlock local cloud CA';

export interface CertificateAuthority {
  /** Absolute path of the CA's certificate as PEM. */
  readonly certificateFile: string;
  /** The CA's certificate as PEM. */
  readonly certificate: string;
  /** What a TLS server shows for a host name; made at the first call and kept in memory. */
  contextFor(host: string): SecureContext;
}

/** Opens the CA in `folder` and makes it where there is none. */
export function openCertificateAuthority(folder: string): CertificateAuthority {
  const certificateFile = resolve(folder, 'ca.pem');
  const keyFile = join(folder, 'ca.key.pem');
  if (!existsSync(certificateFile) || !existsSync(keyFile)) make(folder, certificateFile, keyFile);
  const privateKey = createPrivateKey(readFileSync(keyFile, 'utf8'));
  const issuer: Issuer = { name: NAME, privateKey, publicKey: createPublicKey(privateKey) };
  // One key serves all hosts: a new one for each would make first connections slower and prove nothing.
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serverKey = pemOf(server.privateKey);
  const contexts = new Map<string, SecureContext>();
  return {
    certificateFile,
    certificate: readFileSync(certificateFile, 'utf8'),
    contextFor(host) {
      const name = host.toLowerCase();
      let context = contexts.get(name);
      if (!context) {
        const cert = serverCertificate(issuer, name, server.publicKey);
        context = createSecureContext({ key: serverKey, cert });
        contexts.set(name, context);
      }
      return context;
    },
  };
}

function make(folder: string, certificateFile: string, keyFile: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(keyFile, pemOf(pair.privateKey), { mode: 0o600 });
  writeFileSync(certificateFile, caCertificate({ name: NAME, ...pair }));
}

function pemOf(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
