import type { Activities } from '../domain/activities/activities.js';
import type { Credential } from '../domain/configuration/credential.js';
import type { Profile } from '../domain/configuration/profile.js';
import { matchProfiles } from '../domain/configuration/profileMatching.js';
import { plannedCanary } from '../domain/proof/profileCanary.js';
import { credentialRecordKey } from '../domain/rotation/credentialState.js';
import type { Plan } from '../domain/runs/plan.js';
import { planRuntime } from '../domain/settings/planning.js';
import { rememberedOf } from '../domain/settings/shownSettings.js';
import type { Snapshot } from '../domain/settings/snapshot.js';
import { onlyReported } from '../domain/sweep/existing.js';
import { displayRuntime, runtimeRecordKey } from '../domain/values/runtimeId.js';
import { runWordsOf } from '../domain/values/runtimeWords.js';
import type { Azure } from './azure.js';
import { carriedUntil } from './carriedUntil.js';
import type { ActivityDeps, DurableState } from './deps.js';
import { readFirstSeen } from './firstSeen.js';
import { readCredential, readWantedCredential } from './readCredential.js';
import { compareSecret } from './secretComparison.js';

type Activity = Activities['inspectRuntime'];

/**
 * Resolves the profile, reads the runtime once and plans. What the read gave, which holds other people's secrets, stays here:
 * what leaves is the redacted plan. Writes nothing; safe to repeat.
 */
export async function inspectRuntime(
  input: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const { profiles } = await deps.configuration();
  const match = matchProfiles(profiles, input.runtime);
  const name = displayRuntime(input.runtime);
  if (match.kind === 'none') return { kind: 'irrelevant', why: `No profile matches ${name}.` };
  if (match.kind === 'several') {
    return { kind: 'ambiguous', profiles: match.profiles.map((profile) => profile.name) };
  }
  const { profile } = match;

  const azure = await deps.azure();
  const read = await azure.runtimes.read(input.runtime);
  if (read.kind !== 'found') return read;
  const { view } = read;
  if (view.kind === 'other') return { kind: 'irrelevant', why: `${name} is ${view.what}, not Airflow.` };
  if (view.kind === 'unreadable') return { kind: 'refused', problem: view.problem };

  const { credential } = profile;
  const credentialRead = await readCredentialFor(input, credential, view.marker, azure, durable);
  if (credentialRead.kind !== 'read') return credentialRead;
  const record = await durable.runtimeRecord(runtimeRecordKey(input.runtime));
  const { seen, last } = rememberedOf(record, view);
  const plan = planRuntime({
    profile,
    credential: credentialRead.version,
    snapshot: view,
    secretComparison: compareSecret(view.clientSecret, credentialRead.value),
    seen,
    ...(last && !input.writesAgain ? { last } : {}),
  });
  const { windows, drainSeconds } = profile.maintenance;
  const waits = plan.changes && (windows.length > 0 || drainSeconds !== undefined);
  const worksUntil = waits ? await carriedUntil(azure, credential, view) : undefined;
  if (typeof worksUntil === 'object') return worksUntil;
  const firstSeen = await readFirstSeen(profile, durable);
  const only = onlyReported({ profile, runtime: input.runtime, firstSeen, record, view });
  return {
    kind: 'inspected',
    plan,
    runtime: {
      ...told(view, profile, plan),
      ...(worksUntil === undefined ? {} : { worksUntil }),
      seen,
      ...(only ? { onlyReported: only } : {}),
    },
  };
}

/** The credential that the runtime is to have: the one that a rotation gives it, or the one that is in use. */
async function readCredentialFor(
  input: Activity['input'],
  credential: Credential,
  marker: string | undefined,
  azure: Azure,
  durable: DurableState,
) {
  if (input.credential) return readCredential(azure, credential, input.credential);
  const record = await durable.credentialRecord(credentialRecordKey(credential));
  return readWantedCredential(azure, credential, record, marker, input.now);
}

/** What a run may know of the runtime and of its profile: nothing that is somebody's secret. */
function told(view: Snapshot, profile: Profile, plan: Plan) {
  const canary = plannedCanary(profile, plan);
  const { proof, proveEverySeconds, importDags } = profile.access;
  return {
    profile: profile.name,
    phase: view.phase,
    state: view.state,
    ...(view.ended ? { ended: view.ended } : {}),
    words: runWordsOf(view.words),
    ...(view.webUrl ? { webUrl: view.webUrl } : {}),
    ...(view.airflowVersion ? { airflowVersion: view.airflowVersion } : {}),
    ...(view.marker ? { marker: view.marker } : {}),
    limits: profile.limits,
    maintenance: profile.maintenance,
    proofKind: proof.kind,
    dagId: proof.dagId,
    proveEverySeconds,
    importsDags: importDags !== undefined,
    dagsFromGit: view.dagsFromGit,
    ...(canary ? { canary } : {}),
  };
}
