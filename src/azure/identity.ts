import type { TokenCredential } from '@azure/core-auth';
import { boundedClient } from './boundedClient.js';
import { REQUEST_TIMEOUT_MS } from './timeout.js';

/**
 * Settings for every SDK client: what is retried is retried by orchestrations, durably, and no request is without a
 * deadline. To be copied, since some clients change what they are given.
 */
export const CLIENT_OPTIONS = Object.freeze({ retryOptions: { maxRetries: 0 }, httpClient: boundedClient });

/** The app's managed identity, made when it is first needed; one instance a process, so its tokens are cached. */
export function appIdentity(clientId: string | undefined): () => Promise<TokenCredential> {
  let credential: Promise<TokenCredential> | undefined;
  return () => {
    credential ??= import('@azure/identity').then(({ ManagedIdentityCredential }) =>
      clientId === undefined
        ? new ManagedIdentityCredential({ ...CLIENT_OPTIONS })
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
      ({ DefaultAzureCredential }) =>
        new DefaultAzureCredential({ ...CLIENT_OPTIONS, processTimeoutInMs: REQUEST_TIMEOUT_MS }),
    );
    return credential;
  };
}

/** Aborts a call, with all that belongs to it, that takes longer than any service should. */
export function deadline(): AbortSignal {
  return AbortSignal.timeout(REQUEST_TIMEOUT_MS);
}
