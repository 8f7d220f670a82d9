/** A kind of proof: what shows that the DAGs of a runtime read the vault. */

import type { AirflowApi, ApiVersion } from '../azure/airflow/api.js';
import type { Vaults } from '../azure/keyVault.js';
import type { JudgedRun } from '../domain/activities/checkActivities.js';
import type { SecretReference } from '../domain/configuration/credential.js';
import type { AccessProof, Profile } from '../domain/configuration/profile.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { RuntimeWords } from '../domain/values/runtimeWords.js';

/** A DAG run that has ended, and what it was to show. */
export interface EndedRun {
  /** As the profile has it. */
  readonly proof: AccessProof;
  readonly profile: Profile;
  readonly api: ApiVersion;
  readonly dagRunId: string;
  readonly nonce: string;
  readonly succeeded: boolean;
  /** The secret that it was to read; absent: none. */
  readonly canary?: SecretReference;
  /** The canary's version when the run was triggered. */
  readonly canaryVersion?: string;
  /** The credential id that the worker must carry; absent: any. */
  readonly expectedMarker?: string;
  /** Those of the runtime's kind. */
  readonly words: Pick<RuntimeWords, 'portal'>;
}

/** Where a judgement looks. */
export interface Sources {
  readonly airflow: Pick<AirflowApi, 'answer'>;
  readonly vaults: Pick<Vaults, 'current'>;
}

/**
 * What is peculiar to a kind of proof. Its members in the configuration are an `AccessProof`; with a `canary` among them the app
 * makes that secret and plans with it.
 */
export interface ProofKind {
  /** Stands in the configuration file as `access.proof.kind`. */
  readonly name: string;
  /** What its DAG run is given. */
  conf(proof: AccessProof, nonce: string): Parameters<AirflowApi['trigger']>[3];
  /**
   * Judges a DAG run that has ended, and says for the trail what it showed. Reads only. One that may have been interrupted by a
   * restart is `interrupted`: a first attempt is then made once more.
   */
  judge(run: EndedRun, sources: Sources): Promise<JudgedRun | CallFailure>;
}

/** Several kinds, by their names. */
export class ProofKinds {
  constructor(readonly all: readonly ProofKind[]) {}

  /** Throws where there is no such kind: a checked configuration names no other. */
  of({ kind }: Pick<AccessProof, 'kind'>): ProofKind {
    const proof = this.all.find(({ name }) => name === kind);
    if (!proof) throw new Error(`There is no kind of proof ${kind}.`);
    return proof;
  }
}
