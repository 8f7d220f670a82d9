/** Runs that do not move any more, and that nobody has told of: only a sweep can. */

import type { Notification } from '../events/notifications.js';
import type { Problem } from '../problems/problem.js';
import type { CredentialRecord } from '../rotation/credentialState.js';
import { APP_VERSION, isNewerThanApp } from '../runs/appVersion.js';
import { hostEnded } from '../runs/hostEnded.js';
import type { RunInput } from '../runs/inputs.js';
import { isRunId } from '../runs/instanceIds.js';
import { isRun, ORCHESTRATIONS, type RunProgress } from '../runs/runs.js';
import { subjectOf, targetOf } from '../runs/runTargets.js';
import { sameId } from '../values/sameId.js';

/** An instance as the durable back end shows it. */
export interface ShownInstance {
  readonly instanceId: string;
  readonly name: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus?: unknown;
}

/** A run that the durable host ended (by itself, or since somebody terminated it), or that waits for a newer version of the app. */
export interface UnmovedRun {
  readonly runId: string;
  readonly subject: string;
  readonly target: string;
  readonly problem: Problem;
  /** Set where it was a rotation that has ended: key of its credential's record. */
  readonly recordKey?: string;
  /** The key that it was about to remove: it had committed another. */
  readonly outdated?: string;
  /** The app makes no keys of its credential, and so has left none. */
  readonly mintsNone?: true;
}

/** Among instances that failed or were terminated: those of runs that no other run waits for. */
export function endedByHost(instances: readonly ShownInstance[]): UnmovedRun[] {
  return instances.flatMap((instance) => {
    const input = inputOf(instance);
    if (!input || isMember(instance, input)) return [];
    const isRotation = instance.name === ORCHESTRATIONS.rotateCredential && 'recordKey' in input;
    return {
      ...runOf(instance, input, hostEnded(instance.output)),
      ...(isRotation && input.dryRun !== true ? { recordKey: input.recordKey } : {}),
    };
  });
}

/**
 * Among instances that are under way: those that a newer version of the app has begun, as far as their status says so. A
 * member goes with the run that waits for it, unless that one is older and waits for nothing else.
 */
export function ofNewerVersion(instances: readonly ShownInstance[]): UnmovedRun[] {
  const waiting = instances.flatMap((instance) => {
    const { version } = (instance.customStatus ?? {}) as Partial<RunProgress>;
    const input = inputOf(instance);
    if (!input || version === undefined || !isNewerThanApp(version)) return [];
    return [{ instance, input, version }];
  });
  const ids = new Set(waiting.map(({ instance }) => instance.instanceId));
  const goesWith = ({ startedBy }: RunInput) => startedBy.kind === 'run' && ids.has(startedBy.runId);
  return waiting
    .filter(({ instance, input }) => !(isMember(instance, input) && goesWith(input)))
    .map(({ instance, input, version }) => runOf(instance, input, newerVersion(version)));
}

/**
 * The run with the key that it was about to remove, where it was a rotation that had committed.
 *
 * @param inUse id of the credential that everybody reads
 */
export function withOutdated(
  run: UnmovedRun,
  rotation: CredentialRecord['rotation'],
  inUse: string,
): UnmovedRun {
  const { from, to } = rotation ?? {};
  if (rotation?.runId !== run.runId || !from || !to || !sameId(to.credentialId, inUse)) return run;
  // Where nobody has tagged it with its key, the version's id stands in its place: whose it is, is not known.
  const isKey = from.credentialId !== from.secretVersion && !sameId(from.credentialId, inUse);
  return isKey ? { ...run, outdated: from.credentialId } : run;
}

/** The problem of a run that this app leaves alone. */
export function newerVersion(version: string): Problem {
  return {
    code: 'newerVersion',
    message: `The run was begun by version ${version} of the app, and this is ${APP_VERSION}: the durable host lets it wait.`,
    remedy:
      'Deploy that version again, and it goes on. Where it must not: terminate its instance in the durable host, then start the run anew; the sweep releases what it claimed and clears the debts that it left.',
  };
}

/** The event that tells of it. */
export function unmovedEvent({ runId, subject, target, problem }: UnmovedRun): Notification {
  return { type: 'Airlock.RunFailed.v1', subject, data: { runId, target, outcome: 'interrupted', problem } };
}

function runOf({ instanceId }: ShownInstance, input: RunInput, problem: Problem): UnmovedRun {
  return { runId: instanceId, subject: subjectOf(input), target: targetOf(input), problem };
}

function inputOf({ instanceId, name, input }: ShownInstance): RunInput | undefined {
  if (!isRun({ name }) || !isRunId(instanceId)) return undefined;
  const value: unknown = typeof input === 'string' ? JSON.parse(input) : input;
  return (value as RunInput | null) ?? undefined;
}

/** Whether another run waits for this one, and tells of it: then its id begins with that one's. */
function isMember({ instanceId }: ShownInstance, { startedBy }: RunInput): boolean {
  return startedBy.kind === 'run' && instanceId.startsWith(`${startedBy.runId}-`);
}
