import type { Activities } from '../../domain/activities/activities.js';
import type { Profile } from '../../domain/configuration/profile.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { type FirstSeen, firstSeenIn } from '../../domain/records/profileRecord.js';
import type { RuntimeRecord } from '../../domain/records/runtimeRecord.js';
import { type CredentialRecord, credentialRecordKey } from '../../domain/rotation/credentialState.js';
import { planRuntime } from '../../domain/settings/planning.js';
import { rememberedOf } from '../../domain/settings/shownSettings.js';
import {
  existingKey,
  type FoundFirst,
  newlySeen,
  turnsOf,
  wasThereFirst,
} from '../../domain/sweep/existing.js';
import {
  byNeed,
  COUNTED,
  type Finding,
  type Judged,
  judgeRuntime,
  NEEDS_RUN,
} from '../../domain/sweep/findings.js';
import type { SurveyedRuntime } from '../../domain/sweep/sweep.js';
import type { RuntimeId } from '../../domain/values/runtimeId.js';
import { runtimeRecordKey } from '../../domain/values/runtimeId.js';
import type { ListedRuntime } from '../../runtimes/port.js';
import type { Azure } from '../azure.js';
import { profileNamed } from '../configured.js';
import type { ActivityDeps, DurableState } from '../deps.js';
import { readFirstSeen } from '../firstSeen.js';
import { runtimesOf } from '../profileRuntimes.js';
import { type CredentialWithValue, readWantedCredential } from '../readCredential.js';
import { compareSecret } from '../secretComparison.js';

type Activity = Activities['surveyProfile'];

const NOTHING_NOTED = firstSeenIn(undefined);

/** What is found, runtime by runtime. */
interface Found {
  readonly findings: Partial<Record<Finding, number>>;
  /** Those that are neither fine nor only due for a check. */
  readonly named: SurveyedRuntime[];
  /** Those whose last proof is too old. */
  readonly due: { readonly runtime: RuntimeId; readonly provenAt: string }[];
  /** Those that were there before the app. */
  readonly existing: RuntimeId[];
  readonly first: FoundFirst[];
}

/** What every runtime is judged by. */
interface Surveying {
  readonly profile: Profile;
  readonly credentials: (marker: string | undefined) => Promise<CredentialWithValue | CallFailure>;
  readonly firstSeen: FirstSeen;
  readonly now: number;
  readonly durable: DurableState;
}

/** Judges every runtime of a profile from the lists of its service. Writes nothing. */
export async function surveyProfile(
  input: Activity['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activity['output']> {
  const { limits, now } = input;
  const configuration = await deps.configuration();
  const profile = profileNamed(configuration, input.profile);
  if ('kind' in profile) return profile;
  const azure = await deps.azure();
  const record = await durable.credentialRecord(credentialRecordKey(profile.credential));
  const credentials = readCredentialOnce(azure, profile, record, now);
  const listed = await runtimesOf(azure, profile);
  if (listed.kind !== 'listed') return listed;
  const firstSeen = await readFirstSeen(profile, durable);
  const found: Found = { findings: {}, named: [], due: [], existing: [], first: [] };
  for (const [, runtime] of listed.runtimes) {
    const failure = await survey(runtime, found, { profile, credentials, firstSeen, now, durable });
    if (failure) return failure;
  }
  return surveyed(
    profile,
    found,
    limits,
    newlySeen(firstSeen, { places: listed.places, existing: found.existing }),
  );
}

/** Judges one runtime and adds it to what is found. */
async function survey(
  runtime: ListedRuntime,
  found: Found,
  { profile, credentials, firstSeen, now, durable }: Surveying,
): Promise<CallFailure | undefined> {
  const { id, view } = runtime;
  const remembered = await durable.runtimeRecord(runtimeRecordKey(id));
  const wasFirst = wasThereFirst({
    profile,
    runtime: id,
    // What is made while a profile only observes was there before the app writes anything.
    firstSeen: profile.mode === 'observe' ? NOTHING_NOTED : firstSeen,
    record: remembered,
    view: view.kind === 'airflow' ? view : { beingMade: false },
  });
  const judged = await judge(runtime, profile, credentials, remembered, now, wasFirst);
  if ('kind' in judged) return judged;
  if (wasFirst) found.existing.push(id);
  if (wasFirst || firstSeen.existing.has(existingKey(id))) {
    found.first.push({ finding: judged.finding, written: remembered?.settings !== undefined });
  }
  const { finding } = judged;
  found.findings[finding] = (found.findings[finding] ?? 0) + 1;
  if (finding === 'proofDue') found.due.push({ runtime: id, provenAt: remembered?.proof?.provenAt ?? '' });
  if (!COUNTED.has(finding)) found.named.push({ runtime: id, ...judged });
  return undefined;
}

/** What the sweep is told: what to start now, and of the others as many as it may name. */
function surveyed(
  profile: Profile,
  { findings, named, due, first }: Found,
  limits: Activity['input']['limits'],
  shown: ReturnType<typeof newlySeen>,
): Activity['output'] {
  const observed = profile.mode === 'observe';
  const takesTurns = profile.existing === 'enable';
  const turns = takesTurns ? turnsOf(first) : 0;
  const enable = observed ? [] : needingRun(named, turns, limits.enable);
  const others = named.filter((one) => !enable.includes(one)).sort(byNeed);
  return {
    kind: 'surveyed',
    findings,
    ...(observed ? { observed: true as const } : {}),
    ...(takesTurns ? { takesTurns: true as const } : {}),
    ...(shown ? { shown } : {}),
    enable,
    check: (observed ? [] : due)
      .sort((a, b) => (a.provenAt < b.provenAt ? -1 : 1))
      .slice(0, limits.check)
      .map(({ runtime }) => runtime),
    others: others.slice(0, limits.name),
  };
}

/** What is to be enabled: what has drifted or is not proven, and so many of those that were there first. */
function needingRun(named: readonly SurveyedRuntime[], turns: number, most: number): SurveyedRuntime[] {
  const existing = named.filter(({ finding }) => finding === 'existing').slice(0, turns);
  return [...named.filter(({ finding }) => NEEDS_RUN.has(finding)), ...existing].slice(0, most);
}

async function judge(
  { view }: ListedRuntime,
  profile: Profile,
  credentials: (marker: string | undefined) => Promise<CredentialWithValue | CallFailure>,
  remembered: RuntimeRecord | undefined,
  now: number,
  wasFirst: boolean,
): Promise<Judged | CallFailure> {
  if (view.kind !== 'airflow') return { finding: 'broken', why: 'its body cannot be read' };
  const read = await credentials(view.marker);
  if (read.kind !== 'read') return read;
  const plan = planRuntime({
    profile,
    credential: read.version,
    snapshot: view,
    secretComparison: compareSecret(view.clientSecret, read.value),
    ...rememberedOf(remembered, view),
  });
  return judgeRuntime(plan, view, remembered, profile.access.proveEverySeconds, now, wasFirst);
}

/** Reads the credential once for each marker, however many runtimes have it. */
function readCredentialOnce(
  azure: Azure,
  { credential }: Profile,
  record: CredentialRecord | undefined,
  now: number,
) {
  const read = new Map<string, Promise<CredentialWithValue | CallFailure>>();
  return (marker: string | undefined): Promise<CredentialWithValue | CallFailure> => {
    // Without a rotation the marker makes no difference to which version is wanted.
    const key = record?.rotation ? (marker ?? '') : '';
    const known = read.get(key) ?? readWantedCredential(azure, credential, record, marker, now);
    read.set(key, known);
    return known;
  };
}
