import type { Activities } from '../../domain/activities/activities.js';
import type { Credential } from '../../domain/configuration/credential.js';
import type { Configuration, Profile } from '../../domain/configuration/profile.js';
import { matchProfiles } from '../../domain/configuration/profileMatching.js';
import { isCarried } from '../../domain/records/runtimeRecord.js';
import { carrierOnly, type ListedCarrier } from '../../domain/rotation/carrierGroups.js';
import { fleetOf } from '../../domain/rotation/inventory.js';
import { ENVIRONMENT } from '../../domain/settings/airflowSettings.js';
import { carries } from '../../domain/settings/carriers.js';
import { notShownIn, rememberedOf, showsNoVariable } from '../../domain/settings/shownSettings.js';
import type { RuntimePhase, RuntimeView } from '../../domain/settings/snapshot.js';
import { isMarked, wasThereFirst } from '../../domain/sweep/existing.js';
import { UNREADABLE } from '../../domain/values/credentialVersion.js';
import { restOf } from '../../domain/values/runtimeBatch.js';
import { canonicalRuntimeId, runtimeRecordKey } from '../../domain/values/runtimeId.js';
import { sameId } from '../../domain/values/sameId.js';
import type { ListedRuntime, UnreadRuntime } from '../../runtimes/port.js';
import { credentialNamed } from '../configured.js';
import type { ActivityDeps, DurableState } from '../deps.js';
import { readFirstSeen } from '../firstSeen.js';
import { pilotsOf, provenWith } from './pilots.js';

/**
 * Lists every runtime that the app may list where the credential's profiles reach, and sums up those that
 * carry it or may carry it, also where no profile matches.
 */
export async function listFleet(
  { credential: name, processes, failedPilots = [] }: Activities['listFleet']['input'],
  deps: ActivityDeps,
  state: DurableState,
): Promise<Activities['listFleet']['output']> {
  const configuration = await deps.configuration();
  const credential = credentialNamed(configuration, name);
  if ('kind' in credential) return credential;
  const durable = readingOnce(state);
  const { runtimes } = await deps.azure();
  const patterns = configuration.profiles
    .filter((profile) => profile.credential.name === credential.name)
    .flatMap((profile) => profile.runtimes);
  const listed = await runtimes.listAround(patterns);
  if (listed.kind !== 'listed') return listed;
  const found = await carriersAmong(listed.runtimes, { configuration, credential, durable });
  const carriers = processes ? await withProcesses(found, listed.runtimes, durable) : found;
  const unread = listed.unread.filter((entry) => mayBeCarrier(entry, credential)).map(({ id }) => id);
  const pilot = deps.kinds.parse(credential.rotation.pilot ?? '');
  const named = pilot && canonicalRuntimeId(pilot);
  const pilots = await pilotsOf(carriers, { named, failed: failedPilots }, durable);
  const proven = await provenWith(carriers, durable);
  return { kind: 'listed', fleet: fleetOf(carriers, { pilots, unread, proven }) };
}

/** Reads each record once: a list asks for those of some runtimes several times. */
function readingOnce(durable: DurableState): DurableState {
  const read = new Map<string, ReturnType<DurableState['runtimeRecord']>>();
  return {
    ...durable,
    runtimeRecord(key) {
      const record = read.get(key) ?? durable.runtimeRecord(key);
      read.set(key, record);
      return record;
    },
  };
}

/** Records that are read side by side. */
const AT_ONCE = 32;

/**
 * Tells which carriers of profiles are unproven: not ready, as the list has it, or without a check that has passed since
 * the app last changed something there.
 */
async function withProcesses(
  carriers: readonly ListedCarrier[],
  listed: readonly ListedRuntime[],
  durable: DurableState,
): Promise<ListedCarrier[]> {
  const phases = new Map(listed.map(({ id, view }) => [canonicalRuntimeId(id), phaseIn(view)]));
  const told: ListedCarrier[] = [];
  for (let from = 0; from < carriers.length; from += AT_ONCE) {
    const some = carriers.slice(from, from + AT_ONCE).map(async (carrier): Promise<ListedCarrier> => {
      const { key, runtime, profile, credentialId } = carrier;
      // The others may have any key already, or nobody can do anything about them.
      if (profile === undefined || credentialId === undefined || credentialId === UNREADABLE) return carrier;
      const changing = (phases.get(key) ?? 'ready') !== 'ready';
      const isKnown =
        !changing && isCarried(await durable.runtimeRecord(runtimeRecordKey(runtime)), credentialId);
      return isKnown ? carrier : { ...carrier, unproven: true };
    });
    told.push(...(await Promise.all(some)));
  }
  return told;
}

/** `undefined`: the list does not tell. */
function phaseIn(view: RuntimeView): RuntimePhase | undefined {
  return view.kind === 'airflow' && view.state !== '' ? view.phase : undefined;
}

/** These runtimes of a batch as they are now; those that carry nothing any more are left out. */
export async function listCarriers(
  { credential: name, batch, names }: Activities['listCarriers']['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Activities['listCarriers']['output']> {
  const configuration = await deps.configuration();
  const credential = credentialNamed(configuration, name);
  if ('kind' in credential) return credential;
  const { runtimes } = await deps.azure();
  const listed = await runtimes.listBatch(batch);
  if (listed.kind !== 'listed') return listed;
  const named = listed.runtimes.filter((one) =>
    names.some((rest) => sameId(rest, restOf(one.batch, one.id))),
  );
  const carriers = await carriersAmong(named, { configuration, credential, durable });
  carriers.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { kind: 'listed', carriers: carriers.map(carrierOnly) };
}

/** Whether what a list names in no known way may have the credential: it tells otherwise, or it may. */
function mayBeCarrier({ view }: UnreadRuntime, { clientId }: Credential): boolean {
  return view === undefined || carries(view, clientId).kind !== 'no';
}

interface Among {
  readonly configuration: Configuration;
  readonly credential: Credential;
  readonly durable: DurableState;
}

async function carriersAmong(listed: readonly ListedRuntime[], among: Among): Promise<ListedCarrier[]> {
  const found: ListedCarrier[] = [];
  for (let from = 0; from < listed.length; from += AT_ONCE) {
    const some = await Promise.all(
      listed.slice(from, from + AT_ONCE).map((runtime) => carrierOf(runtime, among)),
    );
    found.push(...some.flat());
  }
  return found;
}

async function carrierOf(
  { id, view, batch, budget }: ListedRuntime,
  { configuration: { profiles }, credential, durable }: Among,
): Promise<ListedCarrier[]> {
  if (view.kind === 'other') return [];
  const match = matchProfiles(profiles, id);
  const carried = carries(view, credential.clientId);
  const mayBeEmpty = match.kind === 'one' ? match.profile.containersMayBeEmpty : undefined;
  const hides = carried.kind === 'no' && (await hidesVariables({ id, view }, mayBeEmpty, durable));
  if (carried.kind === 'no' && !hides) return [];
  const profile =
    match.kind === 'one' && match.profile.credential.name === credential.name ? match.profile : undefined;
  // Nobody has asked for it to be written: it has what somebody else gave it, as one that no profile matches.
  const isLeftAlone = profile !== undefined && (await isThereFirst({ id, view }, profile, durable));
  return [
    {
      key: canonicalRuntimeId(id),
      batch,
      budget,
      runtime: id,
      ...(profile === undefined || isLeftAlone ? {} : { profile: profile.name }),
      ...(carried.kind === 'unreadable' || hides ? { credentialId: UNREADABLE } : {}),
      ...(carried.kind === 'yes' && carried.credentialId ? { credentialId: carried.credentialId } : {}),
    },
  ];
}

/** Whether a runtime was there before the app, and nobody has had it enabled. */
async function isThereFirst(
  { id, view }: Pick<ListedRuntime, 'id' | 'view'>,
  profile: Profile,
  durable: DurableState,
): Promise<boolean> {
  if (view.kind !== 'airflow' || isMarked({ profile, view })) return false;
  const record = await durable.runtimeRecord(runtimeRecordKey(id));
  const firstSeen = await readFirstSeen(profile, durable);
  return wasThereFirst({ profile, runtime: id, firstSeen, record, view });
}

/** Whether nothing shows of its variables although there may be some: among them may be anything. */
async function hidesVariables(
  { id, view }: Pick<ListedRuntime, 'id' | 'view'>,
  mayBeEmpty: boolean | undefined,
  durable: DurableState,
): Promise<boolean> {
  if (view.kind !== 'airflow' || !showsNoVariable(view.settings)) return false;
  const record = await durable.runtimeRecord(runtimeRecordKey(id));
  return notShownIn(view.settings, rememberedOf(record, view).seen, mayBeEmpty).includes(ENVIRONMENT);
}
