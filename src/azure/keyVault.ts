import type { TokenCredential } from '@azure/core-auth';
import type { SecretClient } from '@azure/keyvault-secrets';
import type { SecretReference } from '../domain/configuration/credential.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { Secret } from '../domain/values/secret.js';
import { retry, serviceError } from './failures.js';
import { CLIENT_OPTIONS, deadline } from './identity.js';
import { vaultFailure } from './vaultFailure.js';

export type ReadSecret =
  | {
      readonly kind: 'found';
      readonly value: Secret;
      readonly version: string;
      /** ISO 8601. */
      readonly expiresOn?: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'missing' };

/** A version of a secret, without its value. */
export interface SecretVersionInfo {
  readonly version: string;
  readonly enabled: boolean;
  /** Milliseconds since the epoch; the vault keeps whole seconds. */
  readonly createdAt: number;
  /** ISO 8601. */
  readonly expiresOn?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Key Vault, with the app's own identity. */
export class Vaults {
  readonly #clients = new Map<string, Promise<SecretClient>>();

  constructor(private readonly identity: () => Promise<TokenCredential>) {}

  /** The current version of a secret: the newest, even where it is disabled (then the vault refuses). */
  current(reference: SecretReference): Promise<ReadSecret | CallFailure> {
    return this.#read(reference);
  }

  /** One version of a secret. */
  readVersion(reference: SecretReference, version: string): Promise<ReadSecret | CallFailure> {
    return this.#read(reference, version);
  }

  /** Makes a new version of a secret. The caller has looked whether it may. */
  async create(
    reference: SecretReference,
    value: Secret,
    options: {
      readonly contentType: string;
      readonly tags: Record<string, string>;
      /** Rounded down to the second by the vault. */
      readonly expiresOn?: Date;
    },
  ): Promise<{ readonly kind: 'created'; readonly version: string } | CallFailure> {
    try {
      const client = await this.#client(reference.vault);
      const { properties } = await client.setSecret(reference.name, value.reveal(), {
        ...options,
        abortSignal: deadline(),
      });
      return { kind: 'created', version: properties.version ?? '' };
    } catch (error) {
      return vaultFailure(serviceError(error), reference, 'set');
    }
  }

  /**
   * The versions of a secret, newest first, without their values. A disabled one is listed too.
   *
   * @returns an empty list where there is no such secret
   */
  async versions(
    reference: SecretReference,
  ): Promise<{ readonly kind: 'listed'; readonly versions: readonly SecretVersionInfo[] } | CallFailure> {
    const versions: SecretVersionInfo[] = [];
    try {
      const client = await this.#client(reference.vault);
      const pages = client.listPropertiesOfSecretVersions(reference.name, { abortSignal: deadline() });
      for await (const { version, enabled, expiresOn, createdOn, tags } of pages) {
        versions.push({
          version: version ?? '',
          enabled: enabled !== false,
          createdAt: createdOn?.getTime() ?? 0,
          ...(expiresOn ? { expiresOn: expiresOn.toISOString() } : {}),
          tags: tags ?? {},
        });
      }
    } catch (error) {
      const failure = serviceError(error);
      if (failure.status !== 404) return vaultFailure(failure, reference, 'list');
      // A secret that is not there has no first page: what ends later was cut off.
      if (versions.length > 0) return retry(`the list of versions of ${reference.name} broke off (404)`);
    }
    return { kind: 'listed', versions: versions.sort((a, b) => b.createdAt - a.createdAt) };
  }

  /** Gives a version an end and tags, those that it has included; its value stays. */
  async describe(
    reference: SecretReference,
    version: string,
    { expiresOn, tags }: { readonly expiresOn: Date; readonly tags: Readonly<Record<string, string>> },
  ): Promise<{ readonly kind: 'described' } | CallFailure> {
    try {
      const client = await this.#client(reference.vault);
      await client.updateSecretProperties(reference.name, version, {
        expiresOn,
        tags: { ...tags },
        abortSignal: deadline(),
      });
      return { kind: 'described' };
    } catch (error) {
      return vaultFailure(serviceError(error), reference, 'update');
    }
  }

  /** Disables one version, for good: nobody reads it any more. One that is not there is disabled. */
  async disable(
    reference: SecretReference,
    version: string,
  ): Promise<{ readonly kind: 'disabled' } | CallFailure> {
    try {
      const client = await this.#client(reference.vault);
      await client.updateSecretProperties(reference.name, version, {
        enabled: false,
        abortSignal: deadline(),
      });
      return { kind: 'disabled' };
    } catch (error) {
      const failure = serviceError(error);
      return failure.status === 404 ? { kind: 'disabled' } : vaultFailure(failure, reference, 'update');
    }
  }

  /**
   * Begins to recover a deleted secret that has these tags, which takes a while. `other`: there is none, or one with other tags.
   */
  async recover(
    reference: SecretReference,
    tags: Readonly<Record<string, string>>,
  ): Promise<{ readonly kind: 'recovering' } | { readonly kind: 'other' } | CallFailure> {
    try {
      const client = await this.#client(reference.vault);
      const { properties } = await client.getDeletedSecret(reference.name, { abortSignal: deadline() });
      const theirs = Object.entries(tags).some(([name, value]) => properties.tags?.[name] !== value);
      if (theirs) return { kind: 'other' };
      // The poller's first step asks for the recovery; whether it has ended shows at the next try.
      await client.beginRecoverDeletedSecret(reference.name, { abortSignal: deadline() });
      return { kind: 'recovering' };
    } catch (error) {
      const failure = serviceError(error);
      if (failure.status === 404) return { kind: 'other' };
      return vaultFailure(failure, reference, 'recover');
    }
  }

  async #read(reference: SecretReference, version?: string): Promise<ReadSecret | CallFailure> {
    try {
      const client = await this.#client(reference.vault);
      const { value, properties } = await client.getSecret(reference.name, {
        ...(version === undefined ? {} : { version }),
        abortSignal: deadline(),
      });
      const { expiresOn } = properties;
      return {
        kind: 'found',
        value: new Secret(value ?? ''),
        version: properties.version ?? '',
        ...(expiresOn ? { expiresOn: expiresOn.toISOString() } : {}),
        tags: properties.tags ?? {},
      };
    } catch (error) {
      const failure = serviceError(error);
      if (failure.status === 404) return { kind: 'missing' };
      return vaultFailure(failure, reference, 'get');
    }
  }

  #client(vault: string): Promise<SecretClient> {
    const known = this.#clients.get(vault);
    if (known) return known;
    const made = Promise.all([import('@azure/keyvault-secrets'), this.identity()]).then(
      ([{ SecretClient: Client }, identity]) => new Client(vault, identity, { ...CLIENT_OPTIONS }),
    );
    this.#clients.set(vault, made);
    return made;
  }
}
