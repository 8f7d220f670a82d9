import type { TokenCredential } from '@azure/core-auth';
import { deadline } from './identity.js';

/** What a token of the app's own identity tells of it, where it can be read. */
export interface TokenClaims {
  readonly objectId?: string;
  readonly clientId?: string;
  readonly tenantId?: string;
  /** A signed-in person's, not an app's. */
  readonly person: boolean;
  /** Application permissions; absent where the token cannot be read. */
  readonly roles?: readonly string[];
}

/**
 * Asks for a token and reads its claims (`oid`, `appid`, `tid`, `idtyp`, `roles`:
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). To clients a token of Azure's own
 * services is opaque (https://learn.microsoft.com/entra/identity-platform/access-tokens): what is read here decides
 * nothing but the words of a report, and a token that is no JWT gives no claims. Throws what the identity throws.
 */
export async function readClaims(credential: TokenCredential, scope: string): Promise<TokenClaims> {
  const token = await credential.getToken(scope, { abortSignal: deadline() });
  const claims = decoded(token?.token ?? '');
  if (claims === undefined) return { person: false };
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : undefined);
  const objectId = text('oid');
  const clientId = text('appid');
  const tenantId = text('tid');
  const { roles } = claims;
  return {
    ...(objectId ? { objectId } : {}),
    ...(clientId ? { clientId } : {}),
    ...(tenantId ? { tenantId } : {}),
    person: text('idtyp') === 'user',
    roles: Array.isArray(roles) ? roles.filter((role): role is string => typeof role === 'string') : [],
  };
}

function decoded(token: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
