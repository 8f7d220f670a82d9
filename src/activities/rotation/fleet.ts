import type { Credential } from '../../domain/configuration/credential.js';
import type { Configuration, Profile, RuntimePattern } from '../../domain/configuration/profile.js';
import { matchProfiles } from '../../domain/configuration/profileMatching.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import { isCarried } from '../../domain/records/runtimeRecord.js';
import { type Carrier, fleetOf } from '../../domain/rotation/stock.js';
import { carries } from '../../domain/settings/carriers.js';
import { ENVIRONMENT } from '../../domain/settings/changeList.js';
import { interpretRuntime, isAirflow, type RuntimePhase } from '../../domain/settings/runtimeBody.js';
import { notShownIn, rememberedOf, showsNoVariable } from '../../domain/settings/shownSettings.js';
import type { Steps } from '../../domain/steps/steps.js';
import { isMarked, wasThereFirst } from '../../domain/sweep/existing.js';
import { UNREADABLE } from '../../domain/values/credentialVersion.js';
import type { JsonObject } from '../../domain/values/json.js';
import { canonicalRuntimeId, parseRuntimeId, runtimeRecordKey } from '../../domain/values/runtimeId.js';
import { caseless, sameId } from '../../domain/values/sameId.js';
import type { AirflowRuntimes, ListedRuntime, ListedRuntimes, UnreadRuntime } from '../../runtimes/port.js';
import type { ActivityDeps, DurableState } from '../deps.js';
import { credentialNamed } from '../held.js';
import { notedOf } from '../notedOf.js';
import { pilotsOf, provenWith } from './pilots.js';

type KeyedCarrier = Carrier & { readonly key: string };

/**
 * Lists every runtime that the app may list in the subscriptions of the credential's profiles, and sums up those that
 * carry it or may carry it, also where no profile matches.
 */
export async function stockFleet(
  { credential: name, processes, failedPilots = [] }: Steps['stockFleet']['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Steps['stockFleet']['output']> {
  const configuration = await deps.configuration();
  const credential = credentialNamed(configuration, name);
  if ('kind' in credential) return credential;
  const { runtimes } = await deps.azure();
  const patterns = configuration.profiles
    .filter((profile) => profile.credential.name === credential.name)
    .flatMap((profile) => profile.runtimes);
  const listed = await listAll(runtimes, patterns);
  if (listed.kind !== 'listed') return listed;
  const found = await carriersAmong(listed.runtimes, { configuration, credential, durable });
  const carriers = processes ? await withProcesses(found, listed.runtimes, durable) : found;
  const unread = listed.unread.filter((entry) => mayBeCarrier(entry, credential)).map(({ id }) => id);
  const pilot = parseRuntimeId(credential.rotation.pilot ?? '');
  const named = pilot && canonicalRuntimeId(pilot);
  const pilots = await pilotsOf(carriers, { named, failed: failedPilots }, durable);
  const proven = await provenWith(carriers, durable);
  return { kind: 'stocked', fleet: fleetOf(carriers, { pilots, unread, proven }) };
}

/** Records that are read side by side. */
const AT_ONCE = 32;

/**
 * Tells which carriers of profiles are unproven: not ready, as the list has it, or without a check that has passed since
 * the app last changed something there.
 */
async function withProcesses(
  carriers: readonly KeyedCarrier[],
  listed: readonly ListedRuntime[],
  durable: DurableState,
): Promise<KeyedCarrier[]> {
  const phases = new Map(listed.map(({ id, body }) => [canonicalRuntimeId(id), phaseIn(body)]));
  const told: KeyedCarrier[] = [];
  for (let from = 0; from < carriers.length; from += AT_ONCE) {
    const some = carriers.slice(from, from + AT_ONCE).map(async (carrier): Promise<KeyedCarrier> => {
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
function phaseIn(body: JsonObject): RuntimePhase | undefined {
  const view = interpretRuntime(body);
  return view.kind === 'airflow' && view.state !== '' ? view.phase : undefined;
}

/** These runtimes of a factory as they are now; those that carry nothing any more are left out. */
export async function listCarriers(
  { credential: name, factory, names }: Steps['listCarriers']['input'],
  deps: ActivityDeps,
  durable: DurableState,
): Promise<Steps['listCarriers']['output']> {
  const configuration = await deps.configuration();
  const credential = credentialNamed(configuration, name);
  if ('kind' in credential) return credential;
  const { runtimes } = await deps.azure();
  const listed = await runtimes.list({ ...factory, name: '*' });
  if (listed.kind !== 'listed') return listed;
  const named = listed.runtimes.filter(({ id }) => names.some((one) => sameId(one, id.name)));
  const carriers = await carriersAmong(named, { configuration, credential, durable });
  carriers.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { kind: 'listed', carriers: carriers.map(({ key: _, ...carrier }) => carrier) };
}

/** Whole subscriptions, where the app may list them; otherwise what the profiles name. */
async function listAll(
  runtimes: AirflowRuntimes,
  patterns: readonly RuntimePattern[],
): Promise<Omit<ListedRuntimes, 'factories'> | CallFailure> {
  const found = new Map<string, ListedRuntime>();
  const unread = new Map<string, UnreadRuntime>();
  for (const subscription of new Set(patterns.map((pattern) => pattern.subscription.toLowerCase()))) {
    const whole = await runtimes.list({ subscription, resourceGroup: '*', factory: '*', name: '*' });
    if (whole.kind === 'retry') return whole;
    const own = patterns.filter((pattern) => pattern.subscription.toLowerCase() === subscription);
    const lists = whole.kind === 'listed' ? [whole] : await Promise.all(own.map((one) => runtimes.list(one)));
    for (const list of lists) {
      if (list.kind !== 'listed') return list;
      for (const runtime of list.runtimes) found.set(canonicalRuntimeId(runtime.id), runtime);
      for (const entry of list.unread) unread.set(caseless(entry.id), entry);
    }
  }
  return { kind: 'listed', runtimes: [...found.values()], unread: [...unread.values()] };
}

/** Whether what a list names in no known way may have the credential: it tells otherwise, or it may. */
function mayBeCarrier({ body }: UnreadRuntime, { clientId }: Credential): boolean {
  return body === undefined || carries(body, clientId).kind !== 'no';
}

interface Among {
  readonly configuration: Configuration;
  readonly credential: Credential;
  readonly durable: DurableState;
}

async function carriersAmong(listed: readonly ListedRuntime[], among: Among): Promise<KeyedCarrier[]> {
  const found: KeyedCarrier[] = [];
  for (let from = 0; from < listed.length; from += AT_ONCE) {
    const some = await Promise.all(
      listed.slice(from, from + AT_ONCE).map((runtime) => carrierOf(runtime, among)),
    );
    found.push(...some.flat());
  }
  return found;
}

async function carrierOf(
  { id, type, body }: ListedRuntime,
  { configuration: { profiles }, credential, durable }: Among,
): Promise<KeyedCarrier[]> {
  if (type !== '' && !isAirflow(type)) return [];
  const match = matchProfiles(profiles, id);
  const carried = carries(body, credential.clientId);
  const mayBeEmpty = match.kind === 'one' ? match.profile.containersMayBeEmpty : undefined;
  const hides = carried.kind === 'no' && (await hidesVariables({ id, body }, mayBeEmpty, durable));
  if (carried.kind === 'no' && !hides) return [];
  const profile =
    match.kind === 'one' && match.profile.credential.name === credential.name ? match.profile : undefined;
  // Nobody has asked for it to be written: it has what somebody else gave it, as one that no profile matches.
  const isLeftAlone = profile !== undefined && (await isThereFirst({ id, body }, profile, durable));
  return [
    {
      key: canonicalRuntimeId(id),
      runtime: id,
      ...(profile === undefined || isLeftAlone ? {} : { profile: profile.name }),
      ...(carried.kind === 'unreadable' || hides ? { credentialId: UNREADABLE } : {}),
      ...(carried.kind === 'yes' && carried.credentialId ? { credentialId: carried.credentialId } : {}),
    },
  ];
}

/** Whether a runtime was there before the app, and nobody has had it enabled. */
async function isThereFirst(
  { id, body }: Pick<ListedRuntime, 'id' | 'body'>,
  profile: Profile,
  durable: DurableState,
): Promise<boolean> {
  const view = interpretRuntime(body);
  if (view.kind !== 'airflow' || isMarked({ profile, view })) return false;
  const record = await durable.runtimeRecord(runtimeRecordKey(id));
  const noted = await notedOf(profile, durable);
  return wasThereFirst({ profile, runtime: id, noted, record, view });
}

/** Whether nothing shows of its variables although there may be some: among them may be anything. */
async function hidesVariables(
  { id, body }: Pick<ListedRuntime, 'id' | 'body'>,
  mayBeEmpty: boolean | undefined,
  durable: DurableState,
): Promise<boolean> {
  if (!showsNoVariable(body)) return false;
  const record = await durable.runtimeRecord(runtimeRecordKey(id));
  return notShownIn(body, rememberedOf(record, body).seen, mayBeEmpty).includes(ENVIRONMENT);
}
