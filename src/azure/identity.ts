import type { TokenCredential } from '@azure/core-auth';

/** What is thrown where the app's own identity gives no token. Worth a retry: the endpoint of a fresh app is slow. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Settings for every SDK client: what is retried is retried by orchestrations, durably. */
export const CLIENT_OPTIONS = { retryOptions: { maxRetries: 0 } } as const;

/** The app's managed identity, made when it is first needed; one instance a process, so its tokens are cached. */
export function appIdentity(clientId: string | undefined): () => Promise<TokenCredential> {
  let credential: Promise<TokenCredential> | undefined;
  return () => {
    credential ??= import('@azure/identity').then(({ ManagedIdentityCredential }) =>
      clientId === undefined
        ? new ManagedIdentityCredential(CLIENT_OPTIONS)
        : new ManagedIdentityCredential({ clientId, ...CLIENT_OPTIONS }),
    );
    return credential;
  };
}

/**
 * What the machine is signed in with, for commands
 * (https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/credential-chains).
 */
export function signedInIdentity(): () => Promise<TokenCredential> {
  let credential: Promise<TokenCredential> | undefined;
  return () => {
    credential ??= import('@azure/identity').then(
      ({ DefaultAzureCredential }) => new DefaultAzureCredential(CLIENT_OPTIONS),
    );
    return credential;
  };
}

/** Aborts a call that takes longer than any service should. */
export function deadline(): AbortSignal {
  return AbortSignal.timeout(REQUEST_TIMEOUT_MS);
}
