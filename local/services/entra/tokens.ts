/**
 * Access tokens of the emulated directory: shaped as JSON Web Tokens and signed with a key of the local cloud's own
 * (HMAC-SHA-256). To clients they are opaque, as Azure's are meant to be.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export interface TokenSubject {
  readonly tenantId: string;
  readonly clientId: string;
  readonly objectId: string;
  readonly audience: string;
  /** Application permissions; absent or empty: the token has no such claim. */
  readonly roles?: readonly string[];
}

export interface TokenClaims extends Omit<TokenSubject, 'roles'> {
  /** Seconds since the epoch, on the real clock. */
  readonly expiresAt: number;
}

const PAYLOAD = z.object({
  aud: z.string(),
  appid: z.string(),
  oid: z.string(),
  tid: z.string(),
  exp: z.number(),
});

/**
 * Makes a token. Lifetimes follow the real clock and not the local cloud's, since the caches of the SDKs do.
 * `lifetime` is in seconds.
 */
export function issueToken(key: string, subject: TokenSubject, lifetime: number, nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  const payload = {
    aud: subject.audience,
    iss: `https://sts.windows.net/${subject.tenantId}/`,
    iat: now,
    nbf: now,
    exp: now + lifetime,
    appid: subject.clientId,
    idtyp: 'app',
    oid: subject.objectId,
    ...(subject.roles === undefined || subject.roles.length === 0 ? {} : { roles: subject.roles }),
    sub: subject.objectId,
    tid: subject.tenantId,
    uti: randomUUID(),
    ver: '1.0',
  };
  const signed = `${encode({ typ: 'JWT', alg: 'HS256', kid: 'local' })}.${encode(payload)}`;
  return `${signed}.${sign(key, signed)}`;
}

/** Reads a token that `issueToken` made with the same key; `undefined` for any other text. Does not look at `exp`. */
export function readToken(key: string, token: string): TokenClaims | undefined {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return undefined;
  }
  const expected = Buffer.from(sign(key, `${header}.${payload}`));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
  const claims = PAYLOAD.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  return {
    audience: claims.aud,
    clientId: claims.appid,
    objectId: claims.oid,
    tenantId: claims.tid,
    expiresAt: claims.exp,
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(key: string, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest('base64url');
}
