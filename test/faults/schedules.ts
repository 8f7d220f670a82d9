/** Random schedules of faults and happenings; a failing one is shrunk to a short story. */
import fc from 'fast-check';
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { PRINCIPALS } from '../../local/scenario/names.js';
import { Bed, type Report, RUNTIMES, type Story } from './bed.js';
import { ACTIVITIES } from './cells.js';
import { type Message, twice } from './duplicates/ways.js';
import type { Happening } from './happenings.js';

/** The calls of a rotation, as the ledger names them. */
const CALLS: readonly (readonly [service: string, operation: string])[] = [
  ['graph', 'applications.get'],
  ['graph', 'applications.addPassword'],
  ['graph', 'applications.removePassword'],
  ['vault', 'secrets.get'],
  ['vault', 'secrets.set'],
  ['vault', 'secrets.update'],
  ['vault', 'secrets.listVersions'],
  ['arm', 'integrationRuntimes.get'],
  ['arm', 'integrationRuntimes.list'],
  ['arm', 'integrationRuntimes.createOrUpdate'],
  ['arm', 'factories.list'],
  ['entra', 'token'],
  ['airflow', 'health'],
  ['airflow', 'dagRuns.trigger'],
  ['airflow', 'dagRuns.get'],
];

const action = fc.oneof(
  fc.constantFrom(429, 500, 503, 403, 412, 409, 404, 401).map((status): NewFault['action'] => ({
    kind: 'status',
    status,
    headers: status === 429 ? { 'retry-after': '20' } : {},
    body: { error: { code: 'Injected', message: 'injected' } },
  })),
  fc.constant<NewFault['action']>({ kind: 'drop' }),
  fc.constant<NewFault['action']>({ kind: 'lostResponse' }),
  // From half a minute on the app has given up, and the effect still comes: before the fence of a removal ends.
  fc.integer({ min: 1, max: 280 }).map((seconds): NewFault['action'] => ({ kind: 'delay', seconds })),
);

const callFault: fc.Arbitrary<NewFault> = fc
  .record({
    call: fc.constantFrom(...CALLS),
    action,
    times: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
      { weight: 1, arbitrary: fc.constant(40) },
    ),
    skip: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ call: [service, operation], ...rest }) => ({
    // The person at the portal is not whom the rules are about.
    match: { service, operation, ...(service === 'arm' ? { caller: PRINCIPALS.app } : {}) },
    ...rest,
  }));

/** Under an orchestrator it is final; which of these an undisturbed rotation mends, the single faults tell. */
const workerGone: fc.Arbitrary<NewFault> = fc
  .record({
    place: fc.constantFrom('before', 'after'),
    function: fc.oneof(
      fc.constantFrom(...ACTIVITIES).map((name) => ({ kind: 'activity', subject: name as string })),
      fc
        .constantFrom('@runtimerecord@', '@credentialrecord@', '@run@')
        .map((subject) => ({ kind: 'entity', subject })),
    ),
    times: fc.integer({ min: 1, max: 2 }),
    skip: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ place, function: { kind, subject }, ...rest }) => ({
    match: { service: 'host', operation: `${place}-${kind}`, subject },
    action: { kind: 'workerGone' },
    ...rest,
  }));

const durableFault: fc.Arbitrary<NewFault> = fc
  .record({
    subject: fc.constantFrom(...ACTIVITIES),
    action: fc.oneof(
      fc.constantFrom<NewFault['action']>({ kind: 'lostResponse' }, { kind: 'duplicate' }),
      // Some longer than a lease on a runtime, some longer than the hold on the credential.
      fc
        .oneof(fc.integer({ min: 60, max: 7200 }), fc.integer({ min: 12 * 3600, max: 14 * 3600 }))
        .map((seconds): NewFault['action'] => ({ kind: 'delay', seconds })),
    ),
    times: fc.integer({ min: 1, max: 3 }),
    skip: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ subject, ...rest }) => ({
    match: { service: 'host', operation: 'after-activity', subject },
    ...rest,
  }));

/** What a rotation of the bed sends; each of them may come twice in every way. */
const MESSAGES: readonly Message[] = [
  ...ACTIVITIES.map((name) => ({ kind: 'activity' as const, name })),
  ...[
    'runtimeRecord begin',
    'runtimeRecord acquireLease',
    'runtimeRecord renew',
    'runtimeRecord finish',
    'credentialRecord begin',
    'credentialRecord renew',
    'credentialRecord advance',
    'credentialRecord retire',
    'credentialRecord finish',
    'run get',
  ].map((name) => ({ kind: 'entity' as const, name })),
  ...[
    'runtimeRun',
    'moveGroup',
    'awaitRuntime',
    'checkAccess',
    'proveInARow',
    'awaitOverlap',
    'retryStep',
  ].flatMap((name) => [
    { kind: 'child' as const, name },
    { kind: 'episode' as const, name },
  ]),
  { kind: 'episode', name: 'rotateCredential' },
  { kind: 'continueAsNew', name: 'runtimeRun' },
  { kind: 'continueAsNew', name: 'checkAccess' },
  { kind: 'continueAsNew', name: 'awaitOverlap' },
];

const seconds = fc.oneof(
  fc.integer({ min: 1, max: 600 }),
  fc.integer({ min: 600, max: 7200 }),
  fc.integer({ min: 12 * 3600, max: 14 * 3600 }),
);
const comesTwice: fc.Arbitrary<NewFault> = fc
  .record({
    message: fc.constantFrom(...MESSAGES),
    how: fc.oneof(
      fc.record({ take: fc.constantFrom('first' as const, 'second' as const) }),
      fc.record({ mode: fc.constant('later' as const), seconds }),
      fc.record({ mode: fc.constant('afterEnd' as const), seconds }),
      fc.record({
        mode: fc.constant('later' as const),
        seconds: fc.integer({ min: 1, max: 600 }),
        take: fc.constant('second' as const),
      }),
    ),
    times: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(100)),
    skip: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ message, how, ...rest }) => ({ ...twice(message, how), ...rest }));

const runtime = fc.constantFrom(...RUNTIMES);
/** Few, so that an event comes twice now and then, soon or late. */
const eventId = fc.constantFrom('1', '2', '3');
const what: fc.Arbitrary<Happening['what']> = fc.oneof(
  fc.record({ kind: fc.constant('runtimeEvent' as const), runtime, id: eventId }),
  fc.record({
    kind: fc.constant('secretEvent' as const),
    type: fc.constantFrom('SecretNearExpiry', 'SecretExpired', 'SecretNewVersionCreated'),
    id: eventId,
  }),
  fc.record({ kind: fc.constant('portalEdit' as const), runtime, value: fc.uuid() }),
  fc.record({ kind: fc.constant('otherVault' as const), runtime }),
  fc.record({ kind: fc.constant('cancel' as const) }),
  fc.record({ kind: fc.constant('checkFails' as const), runtime }),
  fc.record({ kind: fc.constant('checkWorks' as const), runtime }),
  fc.record({ kind: fc.constant('flapping' as const), seconds: fc.integer({ min: 0, max: 900 }) }),
  fc.record({ kind: fc.constant('readLag' as const), seconds: fc.integer({ min: 0, max: 900 }) }),
);
const happening: fc.Arbitrary<Happening> = fc.record({
  afterSeconds: fc.integer({ min: 0, max: 5400 }),
  what,
});

const story: fc.Arbitrary<Story> = fc
  .record({
    faults: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: callFault },
        { weight: 1, arbitrary: durableFault },
        { weight: 1, arbitrary: workerGone },
      ),
      { maxLength: 5 },
    ),
    // In every story: on the real host nobody switches it on.
    twice: fc.array(comesTwice, { minLength: 1, maxLength: 3 }),
    happenings: fc.array(happening, { maxLength: 6 }),
    name: fc.uuid(),
  })
  .map(({ faults, twice: doubled, happenings, name }) => ({
    faults: [...faults, ...doubled],
    happenings: happenings.map((one) => ({ ...one, what: ofStory(one.what, name) })),
  }));

/** An event of one story is not one of another, and one about this is not one about that. */
function ofStory(what: Happening['what'], story: string): Happening['what'] {
  if (!('id' in what)) return what;
  const about = what.kind === 'runtimeEvent' ? what.runtime : what.type;
  return { ...what, id: `${story}-${about}-${what.id}` };
}

/**
 * Runs random stories on beds side by side until one breaks a rule, which is told, then shrunk and told again. Each
 * worker draws from a seed of its own, counted up from the one given; gives whether no rule was broken.
 */
export async function runSchedules(options: {
  readonly count: number;
  readonly workers: number;
  readonly seed?: number;
  readonly out: (line: string) => void;
}): Promise<boolean> {
  const { count, workers, out } = options;
  const seed = options.seed ?? Date.now() & 0x7fffffff;
  const tally = new Tally(out);
  const shares = Array.from({ length: workers }, (_, worker) => ({
    seed: seed + worker,
    numRuns: Math.floor(count / workers) + (worker < count % workers ? 1 : 0),
  })).filter(({ numRuns }) => numRuns > 0);
  out(`seeds ${shares.map((share) => share.seed).join(', ')}`);
  const kept = await Promise.all(shares.map((share) => runShare(share, tally, out)));
  if (!kept.every(Boolean)) return false;
  tally.tell();
  return true;
}

/** How the stories ended. */
class Tally {
  #told = 0;
  readonly #outcomes = new Map<string, number>();

  constructor(private readonly out: (line: string) => void) {}

  add(outcome: string): void {
    this.#told += 1;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (this.#told % 100 === 0) this.out(`${this.#told} schedules`);
  }

  tell(): void {
    for (const [outcome, count] of [...this.#outcomes].sort(([, a], [, b]) => b - a))
      this.out(`${String(count).padStart(6)} ${outcome}`);
    this.out(`${this.#told} random schedules, no violation`);
  }
}

/** A cloud remembers every run: after some hundreds that is most of its work. */
const STORIES_A_BED = 250;

async function runShare(
  { seed, numRuns }: { seed: number; numRuns: number },
  tally: Tally,
  out: (line: string) => void,
): Promise<boolean> {
  let bed = await Bed.open();
  let told = 0;
  let failed = false;
  const anotherBed = async () => {
    await bed.close();
    bed = await Bed.open();
    told = 0;
  };
  const property = fc.asyncProperty(story, async (each) => {
    try {
      if (told === STORIES_A_BED) await anotherBed();
      told += 1;
      const report = await bed.tell(each);
      if (report.violations.length > 0 || report.defects.length > 0) throw new Error(describe(report));
      tally.add(report.outcome);
    } catch (error) {
      // Told before it is shrunk, which takes many more stories.
      if (!failed) out(`${JSON.stringify(each)}\n${error instanceof Error ? error.stack : String(error)}`);
      failed = true;
      await anotherBed();
      throw error;
    }
  });
  try {
    await fc.assert(property, { numRuns, seed, endOnFailure: false });
    return true;
  } catch (error) {
    out(error instanceof Error ? error.message : String(error));
    return false;
  } finally {
    await bed.close();
  }
}

function describe({ outcome, violations, defects }: Report): string {
  const broken = violations.map(({ rule, at, what: text }) => `rule ${rule} at ${at}: ${text}`);
  return [`outcome ${outcome}`, ...broken, ...defects].join('\n');
}
