/** What an activity is given: a configuration for runtimes in memory, services in memory, and the states of entities. */
import type { Azure } from '../../../src/activities/azure.js';
import type { ActivityDeps, DurableState } from '../../../src/activities/deps.js';
import type { Entra } from '../../../src/azure/entra.js';
import type { EventTopicPublisher } from '../../../src/azure/eventTopic.js';
import type { Graph } from '../../../src/azure/graph.js';
import type { Vaults } from '../../../src/azure/keyVault.js';
import type { OwnAccess } from '../../../src/azure/ownAccess.js';
import { STRATEGIES } from '../../../src/credentials/strategies.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import type { Credential } from '../../../src/domain/configuration/credential.js';
import type { EventTopic, Profile } from '../../../src/domain/configuration/profile.js';
import { profileCanary } from '../../../src/domain/proof/profileCanary.js';
import { applyToRecord } from '../../../src/domain/records/applyToRecord.js';
import type { AppRecord } from '../../../src/domain/records/appRecord.js';
import { applyToCredential } from '../../../src/domain/records/credentialRecord.js';
import type { ProfileRecord } from '../../../src/domain/records/profileRecord.js';
import type { RuntimeRecord } from '../../../src/domain/records/runtimeRecord.js';
import type { CredentialRecord } from '../../../src/domain/rotation/credentialState.js';
import type { RunControl } from '../../../src/domain/runs/runControl.js';
import type { ShownInstance } from '../../../src/domain/sweep/unmovedRuns.js';
import { type RuntimeId, runtimeRecordKey } from '../../../src/domain/values/runtimeId.js';
import type { Secret } from '../../../src/domain/values/secret.js';
import { PROOFS } from '../../../src/proofs/proofs.js';
import { AllRuntimes } from '../../../src/runtimes/allRuntimes.js';
import { RuntimeKinds } from '../../../src/runtimes/kind.js';
import { PROFILE } from '../domain/settings/bodies.js';
import { MemoryAccess } from './memoryAccess.js';
import { MemoryAirflow } from './memoryAirflow.js';
import { MemoryEntra } from './memoryEntra.js';
import { MemoryGraph } from './memoryGraph.js';
import { MemoryRuntimes, memoryKind, memoryPattern } from './memoryRuntimes.js';
import { MemoryTopic } from './memoryTopic.js';
import { MemoryVaults } from './memoryVaults.js';

/** When the tests play. */
export const NOW = Date.parse('2026-11-23T12:00:00Z');

/** The profile of the runtimes of one place. */
export const OF_ATTIC: Profile = { ...PROFILE, name: 'attic', runtimes: [memoryPattern('attic')] };

/** Value of the canary that every context has. */
export const CANARY_VALUE = 'value-of-the-canary';

/** A version of the client secret in the vault, whose key the directory has. */
export interface Stored {
  readonly value: string;
  readonly version: string;
  readonly keyId: string;
}

const FIRST: Stored = { value: 'held-secret', version: 'v1', keyId: 'key-1' };

/** The services as activities see them: public members alone, so that a change of one shows here. */
type Doubles = {
  readonly [K in Exclude<keyof Azure, keyof Classes | 'topic'>]: Azure[K];
} & {
  readonly [K in keyof Classes]: Pick<Classes[K], keyof Classes[K]>;
} & { topic(topic: EventTopic): Pick<EventTopicPublisher, keyof EventTopicPublisher> };
interface Classes {
  readonly vaults: Vaults;
  readonly entra: Entra;
  readonly graph: Graph;
  readonly ownAccess: OwnAccess;
}

export class ActivityContext {
  readonly runtimes = new MemoryRuntimes();
  readonly kinds = new RuntimeKinds([memoryKind(this.runtimes)]);
  strategies = STRATEGIES;
  proofs = PROOFS;
  readonly vaults = new MemoryVaults();
  readonly graph = new MemoryGraph();
  readonly entra = new MemoryEntra(this.graph, this.vaults, NOW);
  readonly airflow = new MemoryAirflow();
  readonly topic = new MemoryTopic();
  readonly access = new MemoryAccess();
  readonly records = new Map<string, RuntimeRecord>();
  credential: CredentialRecord | undefined;
  profile: ProfileRecord | undefined;
  profiles: readonly Profile[];
  /** Where events go; absent: nowhere. */
  events: EventTopic | undefined;
  signingKey: Secret | undefined;
  app: AppRecord | undefined;
  /** By status, as the durable back end lists them. */
  readonly instances: Partial<Record<'Failed' | 'Terminated' | 'Running', ShownInstance[]>> = {};
  /** What was started, by id. */
  readonly started = new Map<string, { readonly orchestration: string; readonly input: unknown }>();
  /** Ids that the durable back end cannot start now. */
  readonly unstartable = new Set<string>();
  readonly controls = new Map<string, RunControl>();
  #random = 0;
  #stored: readonly Stored[] = [];

  constructor(profile: Partial<Profile> = {}) {
    const one = { ...OF_ATTIC, ...profile };
    this.profiles = [one];
    this.secrets = [FIRST];
    const canary = profileCanary(one);
    if (canary) this.vaults.put(canary, CANARY_VALUE);
  }

  /** The first profile's credential. */
  get configured(): Credential {
    return this.profiles[0]?.credential ?? OF_ATTIC.credential;
  }

  /** Versions of the credential's secret that whoever wrote them has tagged, newest last. */
  get secrets(): readonly Stored[] {
    return this.#stored;
  }

  set secrets(stored: readonly Stored[]) {
    const { secret, clientId } = this.configured;
    this.#stored = stored;
    this.vaults.forget(secret);
    for (const { value, version, keyId } of stored) {
      this.vaults.put(secret, value, { version, tags: { keyId } });
      if (!this.graph.application(clientId).keys.some((key) => key.keyId === keyId)) {
        this.graph.put(clientId, keyId, value);
      }
    }
  }

  /** Whether Entra takes the client secret. */
  get isAccepted(): boolean {
    return !this.entra.refusesAll;
  }

  set isAccepted(isAccepted: boolean) {
    this.entra.refusesAll = !isAccepted;
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
        ...(this.events ? { events: this.events } : {}),
      }),
      kinds: this.kinds,
      strategies: this.strategies,
      proofs: this.proofs,
      azure: async () => this.#azure,
      // Another one each time, as chance gives it.
      randomHex: (bytes) => (++this.#random).toString(16).padStart(bytes * 2, 'ab'),
      signingKey: () => this.signingKey,
    };
  }

  get durable(): DurableState {
    return {
      runtimeRecord: async (key) => this.records.get(key),
      credentialRecord: async () => this.credential,
      profileRecord: async () => this.profile,
      startOnce: async (orchestration, instanceId, input) => {
        if (this.unstartable.has(instanceId)) throw new Error(`The back end cannot start ${instanceId} now.`);
        if (!this.started.has(instanceId)) this.started.set(instanceId, { orchestration, input });
      },
      appRecord: async () => this.app,
      instances: async (...statuses) => statuses.flatMap((status) => this.instances[status] ?? []),
      runControl: async (runId) => this.controls.get(runId),
      renewRuntime: async (key, renewal) => {
        const record = this.records.get(key);
        if (record) this.records.set(key, applyToRecord(record, renewal).record);
      },
      renewCredential: async (_, renewal) => {
        if (this.credential) this.credential = applyToCredential(this.credential, renewal).record;
      },
    };
  }

  get #azure(): Azure {
    const doubles: Doubles = {
      runtimes: new AllRuntimes(this.kinds, {
        cloud: CLOUDS.public,
        identity: () => Promise.reject(new Error('nothing is asked for')),
      }),
      vaults: this.vaults,
      graph: this.graph,
      entra: this.entra,
      ownAccess: this.access,
      airflow: (target) => this.airflow.connect(target),
      topic: () => this.topic,
    };
    // The classes have private members, which no double can have.
    return doubles as unknown as Azure;
  }
}
