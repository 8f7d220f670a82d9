import type { Cloud } from '../domain/configuration/clouds.js';
import type { SecretReference } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { SET_SECRET } from '../domain/rotation/commands.js';
import { flawOf } from '../domain/settings/secretFlaws.js';
import type { Secret } from '../domain/values/secret.js';
import { refused, retry, serviceError, transientFailure } from './failures.js';
import { CLIENT_OPTIONS, deadline } from './identity.js';
import { vaultFailure } from './vaultFailure.js';

export interface ClientSecretProof {
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret: Secret;
  /** The secret to read with the token, as the back end will; absent: the token is the proof. */
  readonly read?: SecretReference;
}

/** Entra, asked with a credential that is not the app's own. */
export class Entra {
  constructor(private readonly cloud: Cloud) {}

  /** Asks for a token for the vault with a client secret and reads a secret with it. Nothing is cached between calls. */
  async proveClientSecret(proof: ClientSecretProof): Promise<{ readonly kind: 'proven' } | CallFailure> {
    const { ClientSecretCredential } = await import('@azure/identity');
    const credential = new ClientSecretCredential(proof.tenantId, proof.clientId, proof.secret.reveal(), {
      ...CLIENT_OPTIONS,
      authorityHost: this.cloud.authorityHost,
    });
    try {
      await credential.getToken(this.cloud.vaultScope, { abortSignal: deadline() });
    } catch (error) {
      return entraFailure(error, proof);
    }
    const { read } = proof;
    if (!read) return { kind: 'proven' };
    const { SecretClient } = await import('@azure/keyvault-secrets');
    try {
      const client = new SecretClient(read.vault, credential, { ...CLIENT_OPTIONS });
      await client.getSecret(read.name, { abortSignal: deadline() });
      return { kind: 'proven' };
    } catch (error) {
      const failure = serviceError(error);
      if (failure.status === 404) {
        return refused(
          'secretMissing',
          `The principal ${proof.clientId} finds no secret ${read.name} in ${read.vault}.`,
          'Start the run again: it makes the canary.',
        );
      }
      return vaultFailure(failure, read, 'get', `the principal ${proof.clientId}`);
    }
  }
}

/** Entra's refusals by their AADSTS code: the SDK gives it in the error's text alone. */
export function entraFailure(
  error: unknown,
  { tenantId, clientId, secret }: Pick<ClientSecretProof, 'tenantId' | 'clientId' | 'secret'>,
): CallFailure {
  const text = error instanceof Error ? error.message : '';
  const code = /AADSTS\d{4,9}/.exec(text)?.[0];
  const failure = serviceError(error);
  const passing =
    failure.status === undefined
      ? undefined
      : transientFailure(failure, `asking Entra for a token of ${clientId}`);
  // Whatever code comes with it: a service that is ill says nothing about the credential.
  if (passing) return passing;
  const reset = `az ad app credential reset --append --id ${clientId}, then write its value into the credential's secret: ${SET_SECRET}`;
  switch (code) {
    case undefined:
      return retry(`asking Entra for a token of ${clientId} got no answer (${failure.name})`);
    case 'AADSTS7000215': {
      const flaw = flawOf(secret);
      return refused(
        'clientSecretRefused',
        `Entra refuses the client secret of ${clientId} (${code})${flaw ? `: its value in the vault ${flaw}` : ''}.`,
        flaw
          ? `Write the client secret itself, with nothing around it, into the credential's secret: ${SET_SECRET}; where it is not known any more: ${reset}`
          : reset,
      );
    }
    case 'AADSTS7000222':
      return refused('clientSecretExpired', `The client secret of ${clientId} has expired (${code}).`, reset);
    case 'AADSTS700016':
      return refused(
        'applicationMissing',
        `The tenant ${tenantId} has no application ${clientId} (${code}).`,
        "Correct clientId and tenantId of the profile's credential.",
      );
    case 'AADSTS90002':
    case 'AADSTS900023':
      return refused(
        'tenantMissing',
        `Entra knows no tenant ${tenantId} (${code}).`,
        "Correct tenantId of the profile's credential, and `cloud` of the configuration.",
      );
    case 'AADSTS90033':
    case 'AADSTS90055':
      return retry(`Entra is busy (${code})`);
    default:
      return refused(
        'entraRefused',
        `Entra gives ${clientId} no token (${code}).`,
        `Look the code up at https://login.microsoftonline.com/error?code=${code.slice(6)} and fix what it says.`,
      );
  }
}
