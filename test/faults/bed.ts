/**
 * The test bed: the deployed app on a local cloud with a few enabled runtimes. A story (faults, and things that happen
 * meanwhile) is one forced rotation under these, or one run that an event starts, then as many undisturbed rotations as
 * it takes to settle; the cloud's ledger is audited throughout.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../../local/client.js';
import type { NewFault } from '../../local/control/kernelRoutes.js';
import { readRun } from '../../local/demo/follow.js';
import { type LocalCloudHandle, launchLocalCloud } from '../../local/launch.js';
import { CREDENTIAL_SECRET, PRINCIPALS, runtimeId } from '../../local/scenario/names.js';
import { Auditor, type Violation } from './audit.js';
import { BED_CONFIG } from './config.js';
import { calm, type Happening, happen } from './happenings.js';

export interface Story {
  readonly faults: readonly NewFault[];
  readonly happenings: readonly Happening[];
  /** Instead of a rotation: a person makes a runtime anew while the app has no instances, and its event starts a run. */
  readonly fromZero?: true;
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

interface Rotation {
  readonly id: string;
  readonly status: string;
  readonly outcome?: string;
  readonly otherRunId?: string;
  readonly problem?: { readonly code: string; readonly remedy: string };
  readonly result?: { readonly debts?: readonly { readonly kind: string; readonly what: string }[] };
}

const HOUR = 3600;
const SLICE_SECONDS = 900;
/** No rotation of the bed, with every retry and the overlap, takes longer. */
const LONGEST_HOURS = 60;
const MOST_ROTATIONS = 5;
const EXPLAINED = new Set(['rotated', 'enabled', 'upToDate', 'planned', 'busy', 'tooSoon', 'cancelled']);

export const RUNTIMES = ['a', 'b', 'c'] as const;

export class Bed {
  readonly #auditor = new Auditor({ app: PRINCIPALS.app, secret: CREDENTIAL_SECRET });
  #seen = 0;
  #violationsSeen = 0;

  private constructor(
    private handle: LocalCloudHandle,
    /** Folder of a cloud that survives kills; absent: nothing is kept. */
    private readonly state: string | undefined,
    private readonly config: string,
  ) {}

  /** Launches a cloud and enables its runtimes. */
  static async open({ persistent = false } = {}): Promise<Bed> {
    const config = join(mkdtempSync(join(tmpdir(), 'airlock-bed-')), 'airlock.yaml');
    writeFileSync(config, BED_CONFIG);
    const state = persistent ? mkdtempSync(join(tmpdir(), 'airlock-bed-state-')) : undefined;
    const bed = new Bed(await launch(config, state), state, config);
    for (const name of RUNTIMES) await bed.client.createRuntime({ name });
    await bed.client.run({ maxSeconds: 4 * HOUR });
    await bed.#read();
    return bed;
  }

  get client(): LocalClient {
    return this.handle.client;
  }

  async close(): Promise<void> {
    await this.handle.stop();
    rmSync(join(this.config, '..'), { recursive: true, force: true });
    if (this.state !== undefined) rmSync(this.state, { recursive: true, force: true });
  }

  /** Tells one story. Afterwards the cloud is as it was before, with another credential. */
  async tell({ faults, happenings, fromZero }: Story): Promise<Report> {
    const defects: string[] = [];
    const id = fromZero ? await this.#startByEvent(faults, defects) : await this.#start({ force: true });
    if (!fromZero) await this.#disturb(faults);
    const told = await this.#followAll(id, happenings);
    await calm(this.client, RUNTIMES);
    await this.#read();
    if (!told) defects.push(`the run ${id} did not end in ${LONGEST_HOURS} h`);
    else defects.push(...unexplained(told));
    await this.#endRun();

    const rotationsToSettle = await this.#settle(defects);
    const all = this.#auditor.violations;
    const violations = all.slice(this.#violationsSeen);
    this.#violationsSeen = all.length;
    const outcome = told ? [told.outcome, told.problem?.code].filter(Boolean).join(' ') : 'no end';
    return { outcome, violations, defects, rotationsToSettle };
  }

  async #settle(defects: string[]): Promise<number> {
    for (let rotations = 0; rotations <= MOST_ROTATIONS; rotations++) {
      if (await this.#isSettled()) return rotations;
      // Longer than the longest pause after failures.
      await this.client.advance(25 * HOUR);
      await this.#followAll(await this.#start({}), []);
      await this.#read();
      await this.#endRun();
    }
    defects.push(`not settled after ${MOST_ROTATIONS} undisturbed rotations`);
    return MOST_ROTATIONS;
  }

  /** What is owed, a look at the credential tells, whichever run left it. */
  async #endRun(): Promise<void> {
    const look = await this.#follow(await this.#start({ dryRun: true }), []);
    const debts = look?.result?.debts ?? [];
    this.#auditor.endRun(debts.filter(({ kind }) => kind !== 'moveRuntime').map(({ what }) => what));
  }

  /** One key, and every runtime has it. */
  async #isSettled(): Promise<boolean> {
    const keys = await this.client.passwords('airflow');
    const runtimes = await this.client.runtimes();
    const [only] = keys;
    return keys.length === 1 && runtimes.every(({ marker }) => marker === only?.keyId);
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

  /** Gives the run that the event of a new runtime starts, refused at first and then sent again. */
  async #startByEvent(faults: Story['faults'], defects: string[]): Promise<string> {
    const [name] = RUNTIMES;
    const runs = async () => {
      const answer = await this.client.functions(
        `/api/runs?top=200&target=${encodeURIComponent(runtimeId(name))}`,
      );
      return ((await answer.json()) as { runs: { id: string }[] }).runs.map(({ id }) => id);
    };
    const before = await runs();
    const since = (await this.client.ledger()).at(-1)?.n ?? 0;
    await this.#disturb(faults);
    await this.client.setApp({ zeroAfterSeconds: 600 });
    await this.client.createRuntime({ name });
    for (let passed = 0; passed < HOUR; passed += 60) {
      await this.#pass(60);
      const started = (await runs()).findLast((id) => !before.includes(id));
      if (started === undefined) continue;
      const refused = await this.client.ledger({ service: 'host', operation: 'events.refused', since });
      if (refused.length === 0) defects.push('the first event was not refused');
      return started;
    }
    throw new Error(`No event of ${name} has started a run in an hour.`);
  }

  /** Also the one that had begun before, by a sweep for example. */
  async #followAll(id: string, happenings: readonly Happening[]): Promise<Rotation | undefined> {
    const run = await this.#follow(id, happenings);
    if (run?.otherRunId !== undefined) await this.#follow(run.otherRunId, []);
    return run;
  }

  async #follow(id: string, happenings: readonly Happening[]): Promise<Rotation | undefined> {
    const ahead = [...happenings].sort((one, other) => one.afterSeconds - other.afterSeconds);
    let passed = 0;
    while (passed < LONGEST_HOURS * HOUR) {
      const next = ahead[0];
      const slice = Math.max(1, Math.min(SLICE_SECONDS, next ? next.afterSeconds - passed : SLICE_SECONDS));
      await this.#pass(slice);
      passed += slice;
      while (ahead[0] && ahead[0].afterSeconds <= passed) {
        const due = ahead.shift();
        if (due) await happen(this.client, due, id);
      }
      const run = (await readRun(this.client, id)) as unknown as Rotation;
      if (['completed', 'failed', 'cancelled'].includes(run.status)) return run;
    }
    return undefined;
  }

  /** Lets time pass; a process that a fault killed is started again on what was kept. */
  async #pass(seconds: number): Promise<void> {
    try {
      await this.client.run({ maxSeconds: seconds });
    } catch (error) {
      if (this.state === undefined) throw error;
      await this.handle.exit;
      this.handle = await launch(this.config, this.state);
    }
  }

  async #read(): Promise<void> {
    const entries = await this.client.ledger({ since: this.#seen });
    this.#seen = entries.at(-1)?.n ?? this.#seen;
    this.#auditor.take(entries);
  }
}

function launch(config: string, state: string | undefined): Promise<LocalCloudHandle> {
  return launchLocalCloud({
    port: 0,
    clock: 'virtual',
    runtimeStartSeconds: 60,
    config,
    ...(state === undefined ? {} : { state }),
  });
}

function unexplained({ id, status, outcome, problem }: Rotation): string[] {
  if (status === 'failed' || outcome === undefined)
    return [`the run ${id} ended ${status} without an outcome`];
  const explained = EXPLAINED.has(outcome) || (problem !== undefined && problem.remedy !== '');
  return explained ? [] : [`the outcome ${outcome} of ${id} has no problem with a remedy`];
}
