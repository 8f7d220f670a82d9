import type { CallFailure } from '../../domain/callResult.js';
import type { Configuration, Credential, RuntimePattern } from '../../domain/profile.js';
import { matchProfiles } from '../../domain/profileMatching.js';
import { carries } from '../../domain/rotation/carriers.js';
import { type Carrier, fleetOf, UNREADABLE } from '../../domain/rotation/stock.js';
import { isAirflow } from '../../domain/runtimeBody.js';
import { canonicalRuntimeId, parseRuntimeId } from '../../domain/runtimeId.js';
import { sameId } from '../../domain/sameId.js';
import type { Steps } from '../../domain/steps.js';
import type { AirflowRuntimes, ListedRuntime, ListedRuntimes, UnreadRuntime } from '../../runtimes/port.js';
import type { ActivityDeps } from '../deps.js';
import { credentialNamed } from '../held.js';

type KeyedCarrier = Carrier & { readonly key: string };

/**
 * Lists every runtime that the app may list in the subscriptions of the credential's profiles, and sums up those that
 * carry it or may carry it, also where no profile matches.
 */
export async function stockFleet(
  { credential: name }: Steps['stockFleet']['input'],
  deps: ActivityDeps,
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
  const carriers = listed.runtimes.flatMap((runtime) => carrierOf(runtime, configuration, credential));
  const unread = listed.unread.filter((entry) => mayBeCarrier(entry, credential)).map(({ id }) => id);
  const pilot = parseRuntimeId(credential.rotation.pilot ?? '');
  return {
    kind: 'stocked',
    fleet: fleetOf(carriers, { unread, ...(pilot ? { pilot: canonicalRuntimeId(pilot) } : {}) }),
  };
}

/** These runtimes of a factory as they are now; those that carry nothing any more are left out. */
export async function listCarriers(
  { credential: name, factory, names }: Steps['listCarriers']['input'],
  deps: ActivityDeps,
): Promise<Steps['listCarriers']['output']> {
  const configuration = await deps.configuration();
  const credential = credentialNamed(configuration, name);
  if ('kind' in credential) return credential;
  const { runtimes } = await deps.azure();
  const listed = await runtimes.list({ ...factory, name: '*' });
  if (listed.kind !== 'listed') return listed;
  const carriers = listed.runtimes
    .filter(({ id }) => names.some((one) => sameId(one, id.name)))
    .flatMap((runtime) => carrierOf(runtime, configuration, credential))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return { kind: 'listed', carriers: carriers.map(({ key: _, ...carrier }) => carrier) };
}

/** Whole subscriptions, where the app may list them; otherwise what the profiles name. */
async function listAll(
  runtimes: AirflowRuntimes,
  patterns: readonly RuntimePattern[],
): Promise<ListedRuntimes | CallFailure> {
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
      for (const entry of list.unread) unread.set(entry.id.toLowerCase(), entry);
    }
  }
  return { kind: 'listed', runtimes: [...found.values()], unread: [...unread.values()] };
}

/** Whether what a list names in no known way may have the credential: it tells otherwise, or it may. */
function mayBeCarrier({ body }: UnreadRuntime, { clientId }: Credential): boolean {
  return body === undefined || carries(body, clientId).kind !== 'no';
}

function carrierOf(
  { id, type, body }: ListedRuntime,
  { profiles }: Configuration,
  credential: Credential,
): KeyedCarrier[] {
  if (type !== '' && !isAirflow(type)) return [];
  const match = matchProfiles(profiles, id);
  const profile =
    match.kind === 'one' && match.profile.credential.name === credential.name
      ? match.profile.name
      : undefined;
  const carried = carries(body, credential.clientId);
  if (carried.kind === 'no') return [];
  return [
    {
      key: canonicalRuntimeId(id),
      runtime: id,
      ...(profile === undefined ? {} : { profile }),
      ...(carried.kind === 'unreadable' ? { credentialId: UNREADABLE } : {}),
      ...(carried.kind === 'yes' && carried.credentialId ? { credentialId: carried.credentialId } : {}),
    },
  ];
}
