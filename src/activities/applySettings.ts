import type { Activities } from '../domain/activities/activities.js';
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
import { reportedOnly } from '../domain/runs/runProblems.js';
import { hiddenVariables } from '../domain/settings/hiddenVariables.js';
import { mergeSettings } from '../domain/settings/merging.js';
import { planRuntime } from '../domain/settings/planning.js';
import { seenIn } from '../domain/settings/shownSettings.js';
import type { Snapshot } from '../domain/settings/snapshot.js';
import type { CredentialVersion } from '../domain/values/credentialVersion.js';
import { displayRuntime, runtimeRecordKey } from '../domain/values/runtimeId.js';
import { sameId } from '../domain/values/sameId.js';
import type { Secret } from '../domain/values/secret.js';
import type { Changes } from '../runtimes/port.js';
import type { Azure } from './azure.js';
import { isAnyCancelled } from './cancelled.js';
import { profileNamed } from './configured.js';
import type { ActivityDeps, DurableState } from './deps.js';
import { ensureCanary } from './ensureCanary.js';
import { proveValue } from './proveCredential.js';
import { readCredential, readWantedCredential } from './readCredential.js';
import { readSecret } from './readSecret.js';
import { compareSecret } from './secretComparison.js';

type Activity = Activities['applySettings'];

/**
 * Read, plan, make the canary, prove, fence, conditional write, in that order: a writer that was late to ask for the lease
 * has read late, and one that lost the lease does not write. The proof stands here and not in a step before: whatever a run
 * waited for, a window, an approval, a service, nothing comes between it and the write. May run more than once: the second
 * time there is nothing to change.
 */
export async function applySettings(
  input: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const profile = profileNamed(await deps.configuration(), input.profile);
  if ('kind' in profile) return profile;
  // A rotation that is under way goes on: half-way is the worst place to stop.
  if (profile.mode === 'observe' && input.rotationRunId === undefined) {
    const problem = reportedOnly('observed', displayRuntime(input.runtime), profile.name);
    return { kind: 'refused', problem };
  }
  const azure = await deps.azure();
  const toWrite = await readCredential(azure, profile.credential, input.credential);
  if (toWrite.kind !== 'read') return toWrite;

  const read = await azure.runtimes.read(input.runtime);
  if (read.kind !== 'found') return read;
  const snapshot = read.view;
  // A runtime made anew as something else under the same name: the one that was to be changed is gone.
  if (snapshot.kind !== 'airflow') return { kind: 'missing' };

  const secretComparison = compareSecret(snapshot.clientSecret, toWrite.value);
  const wanted = { profile, credential: toWrite.version, snapshot, secretComparison, seen: input.seen };
  const plan = planRuntime(wanted);
  if (plan.conflicts.length > 0) return { kind: 'conflict', plan };
  const canary = input.canary ? await ensureCanary({ canary: input.canary }, deps) : undefined;
  if (canary && canary.kind !== 'ready') return canary;
  const made = canary ? { canaryMade: canary.made } : {};
  if (!plan.changes) return { kind: 'unchanged', plan, ...made };

  const values = await readWriteOnlyValues(azure, profile, snapshot);
  if ('kind' in values) return values;
  const { variables } = values;
  const settings = mergeSettings({ ...wanted, values: { clientSecret: toWrite.value, variables } });

  const proven = await proveValue(azure, profile.credential, toWrite, plannedCanary(profile, plan));
  if (proven.kind === 'refused') return { kind: 'unproven', problem: proven.problem };
  if (proven.kind !== 'proven') return proven;

  const stop = await mayWrite(input, deps, durable);
  if (stop) return stop;
  const record = await durable.credentialRecord(credentialRecordKey(profile.credential));
  const { rotationRunId } = input;
  // A rotation that lost its claim writes to nobody any more: another run says who has what.
  if (rotationRunId !== undefined && record?.rotation?.runId !== rotationRunId) return { kind: 'leaseLost' };
  const outdated = await outdatedBy(input, { azure, profile, record, toWrite: toWrite.version });
  if (outdated) return outdated;

  const written = await azure.runtimes.apply(input.runtime, snapshot, {
    settings,
    hiddenValues: values.hiddenValues,
  });
  if (written.kind !== 'accepted' && written.kind !== 'written') return written;
  const operation = written.kind === 'accepted' ? { operation: written.operation } : {};
  return { kind: 'written', plan, wrote: seenIn({ settings }), ...operation, ...made };
}

/**
 * Whether the runtime is to have something else by now: the credential is about to be removed, or somebody wrote a newer
 * version. Asked after the fence, so that a write that comes once more later brings no older version back.
 */
async function outdatedBy(
  { given, now }: Activity['input'],
  {
    azure,
    profile,
    record,
    toWrite,
  }: { azure: Azure; profile: Profile; record: CredentialRecord | undefined; toWrite: CredentialVersion },
): Promise<Extract<Activity['output'], { kind: 'outdated' }> | undefined> {
  const retiring = isRetiring(record, toWrite.credentialId);
  // What a rotation gives, it answers for itself.
  if (given) return retiring ? { kind: 'outdated' } : undefined;
  const wanted = await readWantedCredential(azure, profile.credential, record, toWrite.credentialId, now);
  // Where the vault cannot be asked now, the next look at the runtime finds a newer version.
  const newer = wanted.kind === 'read' && !sameId(wanted.version.credentialId, toWrite.credentialId);
  return retiring || newer ? { kind: 'outdated', ...(newer ? { newer: wanted.version } : {}) } : undefined;
}

async function mayWrite(
  { runtime, runId, pass, parentRunId }: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<{ kind: 'leaseLost' } | { kind: 'cancelled' } | undefined> {
  const stoppedWith = [runId, ...(parentRunId ? [parentRunId] : [])];
  if (await isAnyCancelled(stoppedWith, deps, durable)) return { kind: 'cancelled' };
  const record = await durable.runtimeRecord(runtimeRecordKey(runtime));
  return holdsLease(record, runId, pass) ? undefined : { kind: 'leaseLost' };
}

const PURPOSES = { webServerPassword: 'web server password', gitCredential: 'git credential' } as const;

interface WriteOnlyValues {
  readonly hiddenValues: Changes['hiddenValues'];
  /** By name. */
  readonly variables: Readonly<Record<string, Secret>>;
}

/** What this read leaves out and a write has to send again, from the operator's vault. */
async function readWriteOnlyValues(
  azure: Azure,
  { writeOnly }: Profile,
  { settings, needed }: Snapshot,
): Promise<WriteOnlyValues | CallFailure> {
  const hiddenValues: Partial<Record<keyof typeof PURPOSES, Secret>> = {};
  for (const { name } of needed) {
    const value = await readValue(azure, writeOnly[name], PURPOSES[name]);
    if (value && 'kind' in value) return value;
    if (value) hiddenValues[name] = value;
  }
  const variables: [string, Secret][] = [];
  for (const name of hiddenVariables(settings, writeOnly)) {
    const value = await readValue(azure, writeOnly.variables?.[name], `value of ${name}`);
    if (value && 'kind' in value) return value;
    if (value) variables.push([name, value]);
  }
  return { hiddenValues, variables: Object.fromEntries(variables) };
}

async function readValue(
  azure: Azure,
  reference: SecretReference | undefined,
  purpose: string,
): Promise<Secret | undefined | CallFailure> {
  if (!reference) return undefined;
  const read = await readSecret(azure, reference, purpose);
  return read.kind === 'read' ? read.value : read;
}
