/**
 * The test bed: the deployed app on a local cloud with a few enabled runtimes. A story (faults, and things that happen
 * meanwhile) is one rotation under these, one run that an event starts, or some days of the calendar; then as many
 * undisturbed rotations as it takes to settle. The cloud's ledger is audited throughout.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../../local/client.js';
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { readRun, startRun } from '../../local/demo/follow.js';
import { type LocalCloudHandle, launchLocalCloud } from '../../local/launch.js';
import { CREDENTIAL_SECRET, PRINCIPALS } from '../../local/scenario/names.js';
import { Auditor, type Violation } from './audit.js';
import { BEGIN } from './begin.js';
import { RUNTIME_IDS, RUNTIMES, VARIANTS, type Variant, type VariantName, withWindowsOn } from './config.js';
import { calm, type Happening, happen, LIFECYCLE, type SecretWrite } from './happenings.js';
import { approve, BY_A_PERSON, writeSecret } from './others.js';
import { THEIR_OWN } from './portal.js';
import { Restarts } from './restarts.js';
import { Timeline } from './timeline.js';

export interface Story {
  readonly faults: readonly NewFault[];
  readonly happenings: readonly Happening[];
  /**
   * What it begins with: a rotation (with the strategy `external` the next version of the secret); `event`: a person
   * sets a runtime up anew while the app has no instances; `due`: a day before the credential becomes due, and nobody
   * starts anything.
   */
  readonly begins?: 'event' | 'due';
  /** What the next version is like, with the strategy `external`. */
  readonly writes?: SecretWrite;
  /** So many days go by before what lasts is ended. */
  readonly days?: number;
  /** How often the app may restart these runtimes before that. */
  readonly restarts?: Readonly<Record<string, number>>;
  /** Its faults have to strike: it would say nothing otherwise. */
  readonly strikes?: true;
  /** How its run has to end. */
  readonly ends?: string;
  /** Types of events, without their version, that it has to end with for somebody to hear of it. */
  readonly tells?: readonly string[];
}

export interface Report {
  /** How the disturbed run ended, with the problem's code. */
  readonly outcome: string;
  readonly violations: readonly Violation[];
  /** Rules that the end itself breaks: no end, no explanation, or not settled afterwards. */
  readonly defects: readonly string[];
  /** Undisturbed rotations until nothing was left to do. */
  readonly rotationsToSettle: number;
}

/** Of a story that could not be told to its end: a defect like another, after which the others go on. */
export function brokenOff(error: unknown): Report {
  const what = error instanceof Error ? error.message : String(error);
  return { outcome: 'broken off', violations: [], defects: [what], rotationsToSettle: 0 };
}

interface Rotation {
  readonly id: string;
  readonly status: string;
  readonly outcome?: string;
  readonly otherRunId?: string;
  readonly problem?: { readonly code: string; readonly remedy: string };
  readonly result?: {
    readonly debts?: readonly { readonly kind: string; readonly what: string }[];
    readonly removes?: readonly string[];
  };
  readonly waitingFor?: { readonly gate: 'pilot' | 'removal' };
}

const HOUR = 3600;
const DAY = 24 * HOUR;
const SLICE_SECONDS = 900;
/** After this a rotation waits for a person or a window: less often is enough. */
const BUSY_HOURS = 8;
const MOST_ROTATIONS = 5;
/** Statuses of runs that have an end. */
const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);
/** Longer than the app pauses after failures, and than the directory may show late what a label stands for. */
const LONGEST_PAUSE = 25 * HOUR;
const EXPLAINED = new Set(['rotated', 'enabled', 'upToDate', 'planned', 'busy', 'tooSoon', 'cancelled']);

export class Bed {
  readonly #auditor = new Auditor({ app: PRINCIPALS.app, secret: CREDENTIAL_SECRET });
  readonly #restarts = new Restarts(PRINCIPALS.app);
  #seen = 0;
  #violationsSeen = 0;
  #personWrote = false;
  #owed: readonly string[] = [];

  private constructor(
    private handle: LocalCloudHandle,
    private readonly variant: Variant,
    /** Folder of a cloud that survives kills; absent: nothing is kept. */
    private readonly state: string | undefined,
    private readonly config: string,
  ) {}

  /** Launches a cloud and enables its runtimes. */
  static async open({
    persistent = false,
    variant: name = 'graph',
  }: {
    readonly persistent?: boolean;
    readonly variant?: VariantName;
  } = {}): Promise<Bed> {
    const variant: Variant = VARIANTS[name];
    const config = join(mkdtempSync(join(tmpdir(), 'airlock-bed-')), 'airlock.yaml');
    writeFileSync(config, variant.config);
    const state = persistent ? mkdtempSync(join(tmpdir(), 'airlock-bed-state-')) : undefined;
    const bed = new Bed(await launch(variant, config, state), variant, state, config);
    await bed.client.setLifecycle(LIFECYCLE);
    for (const runtime of RUNTIMES) await bed.client.createRuntime({ name: runtime });
    // Where there are windows, a runtime without settings waits for one, too.
    await bed.client.run({ maxSeconds: variant.longestHours * HOUR });
    await bed.#read();
    return bed;
  }

  get client(): LocalClient {
    return this.handle.client;
  }

  /** The last rotations and dry runs as the app tells of them, newest first, with what each says is owed. */
  async rotations(): Promise<string[]> {
    const rotations = await this.#shownRotations();
    return Promise.all(
      rotations.slice(0, 24).map(async ({ id, status, outcome, summary }) => {
        const { result } = (await readRun(this.client, id)) as unknown as Rotation;
        const debts = (result?.debts ?? []).map(({ kind, what }) => `${kind} ${what}`);
        return `  ${id} ${outcome ?? status}: ${summary ?? ''} owes: ${debts.join(', ') || 'nothing'}`;
      }),
    );
  }

  async close(): Promise<void> {
    await this.handle.stop();
    rmSync(join(this.config, '..'), { recursive: true, force: true });
    if (this.state !== undefined) rmSync(this.state, { recursive: true, force: true });
  }

  /** Tells one story. Afterwards the cloud is as it was before, with another credential. */
  async tell(story: Story): Promise<Report> {
    const defects: string[] = [];
    const timeline = new Timeline(story.happenings);
    this.#restarts.begin();
    const toldBefore = (await this.#published()).at(-1)?.id;
    this.#personWrote =
      this.variant.strategy === 'external' ||
      story.happenings.some(({ what }) => what.kind === 'secretWritten');
    const id = await this.#begin(story, defects);
    const told =
      id === undefined
        ? undefined
        : await this.#followAll(id, timeline, { giveTheOther: story.begins === 'event' });
    await this.#playOut(timeline, story.days ?? 0, id ?? '');
    await this.#read();
    defects.push(...this.#restarts.beyond(story.restarts ?? {}, timeline.passed / DAY));
    defects.push(...(await this.#untold(story, toldBefore)));
    if (story.strikes) defects.push(...(await this.#idleFaults()));
    await calm(this.client, RUNTIMES);
    if (id !== undefined) {
      if (!told) defects.push(`the run ${id} did not end in ${this.variant.longestHours} h`);
      else defects.push(...unexplained(told, story), ...endedOtherwise(told, story));
    }
    // What such a rotation leaves, nobody but a sweep sees.
    if (endsRotations(story)) await this.#sweep();
    await this.#endRun();

    const rotationsToSettle = await this.#settle(defects);
    defects.push(...(await this.#endless()));
    const all = this.#auditor.violations;
    const violations = all.slice(this.#violationsSeen);
    this.#violationsSeen = all.length;
    return { outcome: outcomeOf(id, told), violations, defects, rotationsToSettle };
  }

  /** Gives the run to follow, where there is one. */
  async #begin({ begins, faults, writes = 'tagged' }: Story, defects: string[]): Promise<string | undefined> {
    if (begins === 'event') return this.#startByEvent(faults, defects);
    if (begins === 'due') {
      await this.#untilDue();
      await this.#disturb(faults);
      return undefined;
    }
    if (this.variant.strategy === 'external') {
      await this.#disturb(faults);
      await writeSecret(this.client, writes);
      return this.#start({});
    }
    const id = await this.#start({ force: true });
    await this.#disturb(faults);
    return id;
  }

  async #settle(defects: string[]): Promise<number> {
    for (let rotations = 0; rotations <= MOST_ROTATIONS; rotations++) {
      if ((await this.#unsettled()).length === 0) {
        defects.push(...(await this.#stillOwed()));
        return rotations;
      }
      await this.client.advance(LONGEST_PAUSE);
      await this.#followAll(await this.#start({}), new Timeline([]), { attentive: true });
      await this.#read();
      await this.#endRun();
    }
    const open = (await this.#unsettled()).join(', ');
    defects.push(`not settled after ${MOST_ROTATIONS} undisturbed rotations: ${open}`);
    return MOST_ROTATIONS;
  }

  /** The app's latest events, in either schema: the cloud keeps so many and no more. */
  async #published(): Promise<readonly { readonly id: string; readonly type: string }[]> {
    const events = (await this.client.published()) as readonly Record<string, unknown>[];
    return events.map(({ id, type, eventType }) => ({ id: String(id), type: String(type ?? eventType) }));
  }

  /** What should have been told, after the event of that id. */
  async #untold({ tells = [] }: Story, before: string | undefined): Promise<string[]> {
    const events = await this.#published();
    const since = events.slice(events.findIndex(({ id }) => id === before) + 1);
    return tells
      .filter((type) => !since.some((event) => event.type.startsWith(`${type}.`)))
      .map((type) => `nobody was told by an event ${type}`);
  }

  /** Faults that have not struck. */
  async #idleFaults(): Promise<string[]> {
    const idle = (await this.client.faults()).filter(({ seen, skip = 0 }) => seen <= skip);
    return idle.map(({ match }) => `a fault has met no call: ${JSON.stringify(match)}`);
  }

  async #sweep(): Promise<void> {
    await this.#follow(await startRun(this.client, { action: 'sweep' }), new Timeline([]));
    await this.#read();
  }

  /**
   * What is owed, a look at the credential tells, whichever run left it: two that say the same, with the ledger read between
   * them. A rotation that is at work has its end first: it removes what nobody has any more.
   */
  async #endRun(): Promise<void> {
    let look = await this.#look();
    for (let rounds = 0; rounds < MOST_ROTATIONS; rounds++) {
      const other = look?.otherRunId ?? (await this.#rotating());
      if (other !== undefined) await this.#follow(other, new Timeline([]));
      await this.#read();
      const before = look;
      look = await this.#look();
      // Nothing has changed since: what the ledger has told by then is what it speaks of.
      if (other === undefined && sameOwed(before, look)) break;
    }
    const debts = look?.result?.debts ?? [];
    this.#owed = debts.map(({ kind, what }) => `${kind} ${what}`);
    const owed = debts.filter(({ kind }) => kind !== 'moveRuntime').map(({ what }) => what);
    // What runtimes were moved away from without a rotation is no debt: the next sweep removes it.
    this.#auditor.endRun([...owed, ...(look?.result?.removes ?? [])]);
  }

  async #look(): Promise<Rotation | undefined> {
    return this.#follow(await this.#start({ dryRun: true }), new Timeline([]));
  }

  /** A rotation that is at work. */
  async #rotating(): Promise<string | undefined> {
    return (await this.#shownRotations('&status=running')).at(0)?.id;
  }

  /** Rotations among the newest runs. */
  async #shownRotations(more = ''): Promise<readonly (Rotation & { readonly summary?: string })[]> {
    const answer = await this.client.functions(`/api/runs?action=rotate&top=60${more}`);
    const { runs } = (await answer.json()) as { runs: readonly (Rotation & { summary?: string })[] };
    return runs;
  }

  /** What nobody has to do any more, and the credential's record says all the same. */
  async #stillOwed(): Promise<string[]> {
    if (this.#owed.length === 0) return [];
    await this.client.advance(LONGEST_PAUSE);
    await this.#sweep();
    // A run that the sweep has started pays.
    await this.client.run({ maxSeconds: HOUR });
    await this.#endRun();
    return this.#owed.map((debt) => `${debt} is owed although everything has settled`);
  }

  /** Unless every runtime has what everybody reads, and runs with it, and no other key of the application is there. */
  async #unsettled(): Promise<string[]> {
    await this.#read();
    await this.#removeUnused();
    const leftOver = this.#auditor.leftOver();
    const keys = await this.client.passwords('airflow');
    return [
      ...(this.#auditor.isUniform(RUNTIME_IDS, CREDENTIAL_SECRET)
        ? []
        : ['not every runtime runs with the current version']),
      ...leftOver.map((keyId) => `the key ${keyId} is left over`),
      ...(keys.length === 1 ? [] : [`the application has ${keys.length} keys`]),
    ];
  }

  /**
   * Whoever wrote another version takes away what it has put out of use; and, in a later story, what a person wrote without
   * its key's id, which the app leaves alone.
   */
  async #removeUnused(): Promise<void> {
    const unused = this.#auditor.othersUnused(this.#personWrote ? undefined : BY_A_PERSON);
    for (const keyId of unused) await this.client.removePassword('airflow', keyId);
    if (unused.length > 0) await this.#read();
  }

  /** Instances that are there although everything has settled, and do not end. */
  async #endless(): Promise<string[]> {
    for (let hours = 0; hours < this.variant.longestHours; hours += 6) {
      if ((await this.#working()).length === 0) return [];
      await this.client.run({ maxSeconds: 6 * HOUR });
    }
    return (await this.#working()).map((id) => `${id} has no end`);
  }

  async #working(): Promise<string[]> {
    const { instances } = (await this.client.stats()) as {
      instances: readonly { instanceId: string; status: string }[];
    };
    return instances
      .filter(({ status }) => /Pending|Running|Suspended/.test(status))
      .map((one) => one.instanceId);
  }

  async #start(more: object): Promise<string> {
    const answer = await this.client.functions('/api/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ action: 'rotate', credential: 'airflow-sp', ...more }),
    });
    if (answer.status !== 202) throw new Error(`POST /api/runs: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  }

  async #disturb(faults: Story['faults']): Promise<void> {
    for (const fault of faults) await this.client.addFault(fault);
  }

  /** To a day before the credential in use becomes due. */
  async #untilDue(): Promise<void> {
    const ends = (await this.client.passwords('airflow')).map(({ endDateTime }) => Date.parse(endDateTime));
    const now = Date.parse((await this.client.clock()).now);
    let seconds = (Math.min(...ends) - now) / 1000 - (this.variant.rotateBeforeDays + 1) * DAY;
    // In parts: one answer of the control API must not take minutes.
    for (; seconds > 0; seconds -= 5 * DAY) {
      await this.client.advance(Math.min(seconds, 5 * DAY));
      await this.#read();
    }
    const { storiesBeginAt } = this.variant;
    if (storiesBeginAt === undefined) return;
    const hours = new Date((await this.client.clock()).now).getUTCHours();
    await this.client.advance(((storiesBeginAt - hours + 24) % 24) * HOUR);
  }

  /** Gives the run that the event of a new runtime starts, refused at first and then sent again. */
  async #startByEvent(faults: Story['faults'], defects: string[]): Promise<string> {
    const [name] = RUNTIMES;
    const since = (await this.client.ledger()).at(-1)?.n ?? 0;
    await this.#disturb(faults);
    await this.client.setApp({ zeroAfterSeconds: 600 });
    await this.client.createRuntime({ name, airflowProperties: THEIR_OWN });
    for (let passed = 0; passed < HOUR; passed += 60) {
      await this.#pass(60);
      const started = await this.#startedByEvent(since);
      if (started === undefined) continue;
      const refused = await this.client.ledger({ service: 'host', operation: 'events.refused', since });
      if (refused.length === 0) defects.push('the first event was not refused');
      return started;
    }
    throw new Error(`No event of ${name} has started a run in an hour.`);
  }

  /** By the ledger: the API orders runs by the machine's clock, from which a bed's own is far away after some stories. */
  async #startedByEvent(since: number): Promise<string | undefined> {
    const started = await this.client.ledger({ service: 'host', operation: 'orchestration.started', since });
    return started.find(({ detail }) => detail?.name === 'runtimeRun' && detail.parent === undefined)
      ?.subject;
  }

  /**
   * Also the one that had begun before, by a sweep for example.
   * @param giveTheOther what that one did counts: a sweep that begins just before an event does the work of its run
   */
  async #followAll(
    id: string,
    timeline: Timeline,
    { giveTheOther = false, ...how }: { readonly attentive?: boolean; readonly giveTheOther?: boolean } = {},
  ): Promise<Rotation | undefined> {
    const run = await this.#follow(id, timeline, how);
    if (run?.otherRunId === undefined) return run;
    const other = await this.#follow(run.otherRunId, timeline, how);
    return giveTheOther ? other : run;
  }

  /** @param attentive somebody approves as soon as a gate is reached */
  async #follow(id: string, timeline: Timeline, { attentive = false } = {}): Promise<Rotation | undefined> {
    const begun = timeline.passed;
    while (timeline.passed - begun < this.variant.longestHours * HOUR) {
      const isBusy = timeline.passed - begun < BUSY_HOURS * HOUR;
      await this.#play(timeline, isBusy ? SLICE_SECONDS : HOUR, id);
      const run = (await readRun(this.client, id)) as unknown as Rotation;
      if (ENDED.has(run.status)) return run;
      const gate = attentive ? run.waitingFor?.gate : undefined;
      if (gate !== undefined) await approve(this.client, gate);
    }
    return undefined;
  }

  /** What is still to happen once the run has ended, and the days that the story lasts. */
  async #playOut(timeline: Timeline, days: number, id: string): Promise<void> {
    while (timeline.isAhead()) await this.#play(timeline, DAY, id);
    while (timeline.passed < days * DAY) await this.#play(timeline, DAY, id);
  }

  /** Lets so much time pass, or as much as there is until something happens, which then does. */
  async #play(timeline: Timeline, seconds: number, id: string): Promise<void> {
    const slice = timeline.untilNext(seconds);
    await this.#pass(slice);
    for (const happening of timeline.pass(slice)) {
      if (happening.what.kind === 'windowMoved') await this.#moveWindow(happening.what.day);
      else await happen(this.client, happening, id);
    }
  }

  /** Lets time pass; a process that a fault killed is started again on what was kept. */
  async #pass(seconds: number): Promise<void> {
    try {
      const before = Date.parse((await this.client.clock()).now);
      const { idle } = await this.client.run({ maxSeconds: seconds });
      const now = Date.parse((await this.client.clock()).now);
      // Nothing but schedules is left: they do not make time pass by themselves.
      if (idle) await this.client.advance(Math.max(0, seconds - (now - before) / 1000));
    } catch (error) {
      if (this.state === undefined) throw error;
      await this.handle.exit;
      this.handle = await launch(this.variant, this.config, this.state);
    }
  }

  /** The app starts anew with another configuration. */
  async #moveWindow(day: string): Promise<void> {
    if (this.state === undefined) return;
    await this.#read();
    await this.handle.stop();
    writeFileSync(this.config, withWindowsOn(day));
    this.handle = await launch(this.variant, this.config, this.state);
  }

  async #read(): Promise<void> {
    const entries = await this.client.ledger({ since: this.#seen });
    this.#seen = entries.at(-1)?.n ?? this.#seen;
    this.#auditor.take(entries);
    this.#restarts.take(entries);
    this.#auditor.lookAt((await this.client.clock()).now);
  }
}

function launch(variant: Variant, config: string, state: string | undefined): Promise<LocalCloudHandle> {
  return launchLocalCloud({
    port: 0,
    clock: 'virtual',
    begin: BEGIN,
    runtimeStartSeconds: LIFECYCLE.startSeconds,
    config,
    ...(variant.settings === undefined ? {} : { settings: variant.settings }),
    ...(state === undefined ? {} : { state }),
  });
}

function outcomeOf(id: string | undefined, told: Rotation | undefined): string {
  if (id === undefined) return 'by the calendar';
  return told ? [told.outcome, told.problem?.code].filter(Boolean).join(' ') : 'no end';
}

/** Whether the host itself ends rotations in it: such a one cannot say more than that. */
function endsRotations({ faults }: Story): boolean {
  return faults.some(
    ({ match, action }) =>
      ['workerGone', 'terminate'].includes(action.kind) && match.subject === ' rotateCredential ',
  );
}

function endedOtherwise({ id, outcome }: Rotation, { ends }: Story): string[] {
  return ends === undefined || outcome === ends ? [] : [`${id} ended ${outcome}, not ${ends}`];
}

function unexplained({ id, status, outcome, problem }: Rotation, story: Story): string[] {
  const isOfHost = problem?.code === 'hostEnded' && endsRotations(story);
  if ((status === 'failed' && !isOfHost) || outcome === undefined)
    return [`the run ${id} ended ${status} without an outcome`];
  const explained = EXPLAINED.has(outcome) || (problem !== undefined && problem.remedy !== '');
  return explained ? [] : [`the outcome ${outcome} of ${id} has no problem with a remedy`];
}

function sameOwed(one: Rotation | undefined, other: Rotation | undefined): boolean {
  const [a, b] = [one, other].map((run) => {
    const { debts = [], removes = [] } = run?.result ?? {};
    return [run?.outcome, ...debts.map(({ kind, what }) => `${kind} ${what}`), ...removes].join();
  });
  return a === b;
}
