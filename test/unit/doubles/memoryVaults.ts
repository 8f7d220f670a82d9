/** Key Vault in memory: every version of every secret, the newest one current even where it is disabled. */
import type { ReadSecret, SecretVersionInfo, Vaults } from '../../../src/azure/keyVault.js';
import { vaultFailure } from '../../../src/azure/vaultFailure.js';
import type { SecretReference } from '../../../src/domain/configuration/credential.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { Calls } from './calls.js';

/** When the first version is written; each one after it a second later. */
const BEGINNING = Date.parse('2026-11-01T00:00:00Z');

/** One version as the vault keeps it. */
interface KeptVersion {
  readonly version: string;
  readonly value: string;
  readonly createdAt: number;
  enabled: boolean;
  tags: Readonly<Record<string, string>>;
  /** ISO 8601. */
  expiresOn?: string;
}

type Call = keyof Vaults;

/** What an operation of the SDK is called where the real class words its failures. */
const OPERATIONS = {
  current: 'get',
  readVersion: 'get',
  create: 'set',
  versions: 'list',
  describe: 'update',
  disable: 'update',
  recover: 'recover',
} as const satisfies Record<Call, Parameters<typeof vaultFailure>[2]>;

export class MemoryVaults implements Pick<Vaults, keyof Vaults> {
  readonly calls = new Calls<Call>();
  /** Lists do not show the newest version of any secret. */
  listsLag = false;
  readonly #secrets = new Map<string, KeptVersion[]>();
  readonly #deleted = new Map<string, KeptVersion[]>();
  #written = 0;

  /** Writes a version as somebody else would; gives its name. */
  put(
    reference: SecretReference,
    value: string,
    given: Partial<Pick<KeptVersion, 'version' | 'enabled' | 'tags' | 'expiresOn'>> = {},
  ): string {
    const kept = this.#secrets.get(keyOf(reference)) ?? [];
    const version = given.version ?? `v${kept.length + 1}`;
    const createdAt = BEGINNING + 1000 * this.#written++;
    const made: KeptVersion = { version, value, createdAt, enabled: true, tags: {}, ...given };
    this.#secrets.set(keyOf(reference), [made, ...kept]);
    return version;
  }

  /** The versions of a secret as they are, newest first. */
  kept(reference: SecretReference): readonly KeptVersion[] {
    return this.#secrets.get(keyOf(reference)) ?? [];
  }

  /** Deletes a secret softly: it can be recovered, and nobody can write one of its name. */
  delete(reference: SecretReference): void {
    this.#deleted.set(keyOf(reference), [...this.kept(reference)]);
    this.forget(reference);
  }

  /** Removes a secret for good. */
  forget(reference: SecretReference): void {
    this.#secrets.delete(keyOf(reference));
  }

  current(reference: SecretReference): Promise<ReadSecret | CallFailure> {
    return this.#answer('current', reference, () => read(reference, this.kept(reference)[0]));
  }

  readVersion(reference: SecretReference, version: string): Promise<ReadSecret | CallFailure> {
    return this.#answer('readVersion', reference, () =>
      read(
        reference,
        this.kept(reference).find((one) => one.version === version),
      ),
    );
  }

  create(
    reference: SecretReference,
    value: Secret,
    { tags, expiresOn }: Parameters<Vaults['create']>[2],
  ): ReturnType<Vaults['create']> {
    return this.#answer('create', reference, () => {
      if (this.#deleted.has(keyOf(reference))) {
        const error = { name: 'RestError', status: 409, innerCode: 'ObjectIsDeletedButRecoverable' };
        return vaultFailure(error, reference, 'set');
      }
      const end = expiresOn && { expiresOn: wholeSecond(expiresOn) };
      return { kind: 'created', version: this.put(reference, value.reveal(), { tags: { ...tags }, ...end }) };
    });
  }

  versions(reference: SecretReference): ReturnType<Vaults['versions']> {
    return this.#answer('versions', reference, () => ({
      kind: 'listed',
      versions: this.kept(reference)
        .slice(this.listsLag ? 1 : 0)
        .map(({ value: _, ...info }): SecretVersionInfo => ({ ...info })),
    }));
  }

  describe(
    reference: SecretReference,
    version: string,
    { expiresOn, tags }: Parameters<Vaults['describe']>[2],
  ): ReturnType<Vaults['describe']> {
    return this.#answer('describe', reference, () => {
      const one = this.kept(reference).find((kept) => kept.version === version);
      if (!one) return vaultFailure({ name: 'RestError', status: 404 }, reference, 'update');
      one.expiresOn = wholeSecond(expiresOn);
      one.tags = { ...tags };
      return { kind: 'described' };
    });
  }

  disable(reference: SecretReference, version: string): ReturnType<Vaults['disable']> {
    return this.#answer('disable', reference, () => {
      const one = this.kept(reference).find((kept) => kept.version === version);
      if (one) one.enabled = false;
      return { kind: 'disabled' };
    });
  }

  recover(reference: SecretReference, tags: Readonly<Record<string, string>>): ReturnType<Vaults['recover']> {
    return this.#answer('recover', reference, () => {
      const deleted = this.#deleted.get(keyOf(reference));
      const own = Object.entries(tags).every(([name, value]) => deleted?.[0]?.tags[name] === value);
      if (!deleted || !own) return { kind: 'other' };
      this.#deleted.delete(keyOf(reference));
      this.#secrets.set(keyOf(reference), deleted);
      return { kind: 'recovering' };
    });
  }

  #answer<T>(call: Call, reference: SecretReference, act: () => T): Promise<T | CallFailure> {
    return this.calls.answer(call, reference.name, act, (error) =>
      vaultFailure(error, reference, OPERATIONS[call]),
    );
  }
}

/** What who may read the secret gets, with the refusal of a version that is disabled. */
function read(reference: SecretReference, kept: KeptVersion | undefined): ReadSecret | CallFailure {
  if (!kept) return { kind: 'missing' };
  const { value, version, enabled, tags, expiresOn } = kept;
  if (!enabled) {
    return vaultFailure({ name: 'RestError', status: 403, innerCode: 'SecretDisabled' }, reference, 'get');
  }
  const end = expiresOn === undefined ? {} : { expiresOn };
  return { kind: 'found', value: new Secret(value), version, tags, ...end };
}

function keyOf({ vault, name }: SecretReference): string {
  return `${vault}/${name}`.toLowerCase();
}

function wholeSecond(time: Date): string {
  return new Date(Math.floor(time.getTime() / 1000) * 1000).toISOString();
}
