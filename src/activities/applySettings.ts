import type { SecretReference } from '../domain/configuration/credential.js';
import type { Profile } from '../domain/configuration/profile.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import { plannedCanary } from '../domain/proof/profileCanary.js';
import { holdsLease } from '../domain/records/runtimeRecord.js';
import {
  type CredentialRecord,
  credentialRecordKey,
  isRetiring,
} from '../domain/rotation/credentialState.js';
import { isGenuine } from '../domain/runs/instructionSignature.js';
import { instructionsOf } from '../domain/runs/runControl.js';
import { reportedOnly } from '../domain/runs/runProblems.js';
import { mergeRuntime, type WriteOnlyValues } from '../domain/settings/merging.js';
import { planRuntime } from '../domain/settings/planning.js';
import { interpretRuntime } from '../domain/settings/runtimeBody.js';
import { type NeededWriteOnly, neededWriteOnly } from '../domain/settings/writeOnly.js';
import type { Steps } from '../domain/steps/steps.js';
import type { CredentialVersion } from '../domain/values/credentialVersion.js';
import { displayRuntime, runtimeRecordKey } from '../domain/values/runtimeId.js';
import { sameId } from '../domain/values/sameId.js';
import type { Secret } from '../domain/values/secret.js';
import type { Azure } from './azure.js';
import type { ActivityDeps, DurableState } from './deps.js';
import { holdCredential, holdSecret, holdWanted, profileNamed } from './held.js';
import { proveHeld } from './proveCredential.js';
import { compareSecret } from './secretComparison.js';

type Step = Steps['applySettings'];

/**
 * Read, plan, prove, fence, conditional write, in that order: a writer that was late to ask for the lease has read late,
 * and one that lost the lease does not write. The proof stands here and not in a step before: whatever a run waited for, a
 * window, an approval, a service, nothing comes between it and the write. May run more than once: the second time there is
 * nothing to change.
 */
export async function applySettings(
  input: Step['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Step['output']> {
  const profile = profileNamed(await deps.configuration(), input.profile);
  if ('kind' in profile) return profile;
  // A rotation that is under way goes on: half-way is the worst place to stop.
  if (profile.mode === 'observe' && input.rotationRunId === undefined) {
    const problem = reportedOnly('observed', displayRuntime(input.runtime), profile.name);
    return { kind: 'refused', problem };
  }
  const azure = await deps.azure();
  const held = await holdCredential(azure, profile.credential, input.credential);
  if (held.kind !== 'held') return held;

  const read = await azure.runtimes.read(input.runtime);
  if (read.kind !== 'found') return read;
  const view = interpretRuntime(read.body);
  // A runtime made anew as something else under the same name: the one that was to be changed is gone.
  if (view.kind !== 'airflow') return { kind: 'missing' };

  const secretComparison = compareSecret(view.clientSecret, held.value);
  const plan = planRuntime({
    profile,
    credential: held.version,
    body: read.body,
    secretComparison,
    seen: input.seen,
  });
  if (plan.conflicts.length > 0) return { kind: 'conflict', plan };
  if (!plan.changes) return { kind: 'unchanged', plan };

  const values = await holdWriteOnly(azure, profile, neededWriteOnly(read.body, profile.writeOnly));
  if ('kind' in values) return values;
  const body = mergeRuntime({
    body: read.body,
    profile,
    credential: held.version,
    secretComparison,
    seen: input.seen,
    values: { clientSecret: held.value, ...values },
  });

  const proven = await proveHeld(azure, profile.credential, held, plannedCanary(profile, plan));
  if (proven.kind === 'refused') return { kind: 'unproven', problem: proven.problem };
  if (proven.kind !== 'proven') return proven;

  const stop = await mayWrite(input, deps, durable);
  if (stop) return stop;
  const record = await durable.credentialRecord(credentialRecordKey(profile.credential));
  const { rotationRunId } = input;
  // A rotation that lost its hold writes to nobody any more: another run says who has what.
  if (rotationRunId !== undefined && record?.rotation?.runId !== rotationRunId) return { kind: 'leaseLost' };
  const outdated = await outdatedBy(input, { azure, profile, record, held: held.version });
  if (outdated) return outdated;

  const written = await azure.runtimes.write(input.runtime, body, read.etag);
  return written.kind === 'written' ? { kind: 'written', plan } : written;
}

/**
 * Whether the runtime is to have something else by now: the credential is about to be removed, or somebody wrote a newer
 * version. Asked after the fence, so that a write that comes once more later brings no older version back.
 */
async function outdatedBy(
  { given, now }: Step['input'],
  {
    azure,
    profile,
    record,
    held,
  }: { azure: Azure; profile: Profile; record: CredentialRecord | undefined; held: CredentialVersion },
): Promise<Extract<Step['output'], { kind: 'outdated' }> | undefined> {
  const retiring = isRetiring(record, held.credentialId);
  // What a rotation gives, it answers for itself.
  if (given) return retiring ? { kind: 'outdated' } : undefined;
  const wanted = await holdWanted(azure, profile.credential, record, held.credentialId, now);
  // Where the vault cannot be asked now, the next look at the runtime finds a newer version.
  const newer = wanted.kind === 'held' && !sameId(wanted.version.credentialId, held.credentialId);
  return retiring || newer ? { kind: 'outdated', ...(newer ? { newer: wanted.version } : {}) } : undefined;
}

async function mayWrite(
  { runtime, runId, look, parentRunId }: Step['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<{ kind: 'leaseLost' } | { kind: 'cancelled' } | undefined> {
  const key = deps.signingKey();
  const isCancelled = async (id: string): Promise<boolean> => {
    const cancels = instructionsOf(await durable.runControl(id), 'cancel');
    return key !== undefined && cancels.some((cancel) => isGenuine(key, id, cancel));
  };
  const cancelled = await Promise.all([runId, ...(parentRunId ? [parentRunId] : [])].map(isCancelled));
  if (cancelled.includes(true)) return { kind: 'cancelled' };
  const record = await durable.runtimeRecord(runtimeRecordKey(runtime));
  return holdsLease(record, runId, look) ? undefined : { kind: 'leaseLost' };
}

async function holdWriteOnly(
  azure: Azure,
  { writeOnly }: Profile,
  needed: NeededWriteOnly,
): Promise<WriteOnlyValues | CallFailure> {
  const wanted: [string, SecretReference | undefined, string][] = [
    [
      'webServerPassword',
      needed.webServerPassword ? writeOnly.webServerPassword : undefined,
      'web server password',
    ],
    ['gitCredential', needed.gitCredential ? writeOnly.gitCredential : undefined, 'git credential'],
    ...needed.variables.map((name): [string, SecretReference | undefined, string] => [
      `variables.${name}`,
      writeOnly.variables?.[name],
      `value of ${name}`,
    ]),
  ];
  const held = new Map<string, Secret>();
  for (const [key, reference, purpose] of wanted) {
    if (!reference) continue;
    const read = await holdSecret(azure, reference, purpose);
    if (read.kind !== 'held') return read;
    held.set(key, read.value);
  }
  const webServerPassword = held.get('webServerPassword');
  const gitCredential = held.get('gitCredential');
  const variables = [...held].filter(([key]) => key.startsWith('variables.'));
  return {
    ...(webServerPassword ? { webServerPassword } : {}),
    ...(gitCredential ? { gitCredential } : {}),
    variables: Object.fromEntries(variables.map(([key, value]) => [key.slice('variables.'.length), value])),
  };
}
