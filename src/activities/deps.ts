import type { RotationStrategies } from '../credentials/strategy.js';
import type { Configuration } from '../domain/configuration/profile.js';
import type { AppRecord } from '../domain/records/appRecord.js';
import type { CredentialOperation } from '../domain/records/credentialRecord.js';
import type { ProfileRecord } from '../domain/records/profileRecord.js';
import type { Operation } from '../domain/records/runtimeOperations.js';
import type { RuntimeRecord } from '../domain/records/runtimeRecord.js';
import type { CredentialRecord } from '../domain/rotation/credentialState.js';
import type { RunControl } from '../domain/runs/runControl.js';
import type { ShownInstance } from '../domain/sweep/unmovedRuns.js';
import type { Secret } from '../domain/values/secret.js';
import type { ProofKinds } from '../proofs/proof.js';
import type { RuntimeKinds } from '../runtimes/kind.js';
import type { Azure } from './azure.js';

/** What activities need from outside; tests pass plain objects. */
export interface ActivityDeps {
  configuration(): Promise<Configuration>;
  readonly kinds: RuntimeKinds;
  readonly strategies: RotationStrategies;
  readonly proofs: ProofKinds;
  azure(): Promise<Azure>;
  /** Random text, hex, of so many bytes. */
  randomHex(bytes: number): string;
  /** What instructions to runs are signed with; absent where the app has none. */
  signingKey(): Secret | undefined;
}

/** What an activity may ask of the durable back end: the states of entities as last stored, and what needs no answer. */
export interface DurableState {
  runtimeRecord(key: string): Promise<RuntimeRecord | undefined>;
  credentialRecord(key: string): Promise<CredentialRecord | undefined>;
  profileRecord(key: string): Promise<ProfileRecord | undefined>;
  /** Starts an orchestration unless one of this id is there, running or ended. */
  startOnce(orchestration: string, instanceId: string, input: unknown): Promise<void>;
  appRecord(): Promise<AppRecord | undefined>;
  /** Instances of these statuses; where they are under way, entities are among them. */
  instances(...statuses: readonly ('Failed' | 'Terminated' | 'Running')[]): Promise<readonly ShownInstance[]>;
  runControl(runId: string): Promise<RunControl | undefined>;
  /** Has a claim renewed, without an answer: whether that came in time shows in the record. */
  renewRuntime(key: string, renewal: Operation<'renew'>): Promise<void>;
  renewCredential(key: string, renewal: Extract<CredentialOperation, { kind: 'renew' }>): Promise<void>;
}
