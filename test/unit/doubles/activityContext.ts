/** What an activity is given: a configuration for runtimes in memory, a vault, Entra, and the states of entities. */
import type { Azure } from '../../../src/activities/azure.js';
import type { ActivityDeps, DurableState } from '../../../src/activities/deps.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import type { Profile } from '../../../src/domain/configuration/profile.js';
import type { ProfileRecord } from '../../../src/domain/records/profileRecord.js';
import type { RuntimeRecord } from '../../../src/domain/records/runtimeRecord.js';
import type { CredentialRecord } from '../../../src/domain/rotation/credentialState.js';
import { type RuntimeId, runtimeRecordKey } from '../../../src/domain/values/runtimeId.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { AllRuntimes } from '../../../src/runtimes/allRuntimes.js';
import { RuntimeKinds } from '../../../src/runtimes/kind.js';
import { PROFILE } from '../domain/settings/bodies.js';
import { MemoryRuntimes, memoryKind, memoryPattern } from './memoryRuntimes.js';

/** When the tests play. */
export const NOW = Date.parse('2026-11-23T12:00:00Z');

/** The profile of the runtimes of one place. */
export const OF_ATTIC: Profile = { ...PROFILE, name: 'attic', runtimes: [memoryPattern('attic')] };

/** A version of the client secret in the vault. */
export interface Stored {
  readonly value: string;
  readonly version: string;
  readonly keyId: string;
}

const FIRST: Stored = { value: 'held-secret', version: 'v1', keyId: 'key-1' };

export class ActivityContext {
  readonly runtimes = new MemoryRuntimes();
  readonly kinds = new RuntimeKinds([memoryKind(this.runtimes)]);
  /** Newest last. */
  secrets: Stored[] = [FIRST];
  /** Whether Entra takes the client secret. */
  isAccepted = true;
  readonly records = new Map<string, RuntimeRecord>();
  credential: CredentialRecord | undefined;
  profile: ProfileRecord | undefined;
  profiles: readonly Profile[];

  constructor(profile: Partial<Profile> = {}) {
    this.profiles = [{ ...OF_ATTIC, ...profile }];
  }

  record(runtime: RuntimeId): RuntimeRecord | undefined {
    return this.records.get(runtimeRecordKey(runtime));
  }

  remember(runtime: RuntimeId, record: Partial<RuntimeRecord>): void {
    this.records.set(runtimeRecordKey(runtime), { ended: [], ...record });
  }

  get deps(): ActivityDeps {
    return {
      configuration: async () => ({
        cloud: 'public',
        retentionDays: 30,
        credentials: this.profiles.map(({ credential }) => credential),
        profiles: this.profiles,
      }),
      kinds: this.kinds,
      azure: async () => this.#azure,
      randomHex: (bytes) => 'ab'.repeat(bytes),
      signingKey: () => undefined,
    };
  }

  get durable(): DurableState {
    return {
      runtimeRecord: async (key) => this.records.get(key),
      credentialRecord: async () => this.credential,
      profileRecord: async () => this.profile,
      startOnce: async () => {},
      appRecord: async () => undefined,
      instances: async () => [],
      runControl: async () => undefined,
    };
  }

  get #azure(): Azure {
    const read = (version?: string) => {
      const stored =
        version === undefined ? this.secrets.at(-1) : this.secrets.find((one) => one.version === version);
      return stored
        ? {
            kind: 'found',
            value: new Secret(stored.value),
            version: stored.version,
            tags: { keyId: stored.keyId },
          }
        : { kind: 'missing' };
    };
    const refusal = { code: 'credentialRefused', message: 'Entra says no.', remedy: 'Write another.' };
    const fake = {
      runtimes: new AllRuntimes(this.kinds, {
        cloud: CLOUDS.public,
        identity: () => Promise.reject(new Error('nothing is asked for')),
      }),
      vaults: {
        current: async () => read(),
        readVersion: async (_: unknown, version: string) => read(version),
        versions: async () => ({
          kind: 'listed',
          versions: [...this.secrets].reverse().map(({ version, keyId }, place) => ({
            version,
            enabled: true,
            createdAt: NOW - place * 1000,
            tags: { keyId },
          })),
        }),
      },
      entra: {
        proveClientSecret: async () =>
          this.isAccepted ? { kind: 'proven' } : { kind: 'refused', problem: refusal },
      },
    };
    return fake as unknown as Azure;
  }
}
