/**
 * The test cloud: the deployed app on a local cloud with a few enabled runtimes. A scenario (faults, and things that happen
 * meanwhile) is one rotation under these, one run that an event starts, or some days of the calendar; then as many
 * undisturbed rotations as it takes to settle. The cloud's ledger is audited throughout.
 */
import type { LocalClient } from '../../local/client.js';
import { readRun } from '../../local/demo/follow.js';
import { launchLocalCloud } from '../../local/launch.js';
import { Beginnings } from './beginnings.js';
import { CloudAudit } from './cloudAudit.js';
import { RUNTIMES, VARIANTS, type Variant, type VariantName } from './config.js';
import { LIFECYCLE, reset } from './disturbances.js';
import type { FaultScenario, Report } from './faultScenario.js';
import { type Launch, RestartableCloud } from './restartableCloud.js';
import { endedOtherwise, endsRotations, outcomeOf, type Rotation, unexplained } from './rotationEnds.js';
import { RunFollower } from './runFollower.js';
import { DebtChanges } from './settlement.js';
import { Timeline } from './timeline.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

export class TestCloud {
  readonly #audit: CloudAudit;
  readonly #follower: RunFollower;
  readonly #beginnings: Beginnings;
  readonly #settlement: DebtChanges;

  private constructor(
    private readonly cloud: RestartableCloud,
    private readonly variant: Variant,
  ) {
    const { longestHours } = variant;
    this.#audit = new CloudAudit(cloud);
    this.#follower = new RunFollower(cloud, this.#audit, longestHours);
    this.#beginnings = new Beginnings(cloud, this.#audit, variant);
    this.#settlement = new DebtChanges(cloud, this.#audit, this.#follower, longestHours);
  }

  /** Launches a cloud and enables its runtimes. */
  static async open({
    persistent = false,
    variant: name = 'graph',
    launch = launchLocalCloud,
  }: {
    readonly persistent?: boolean;
    readonly variant?: VariantName;
    /** Default: as a process of its own. */
    readonly launch?: Launch;
  } = {}): Promise<TestCloud> {
    const variant: Variant = VARIANTS[name];
    const cloud = new TestCloud(await RestartableCloud.open(variant, persistent, launch), variant);
    await cloud.client.setLifecycle(LIFECYCLE);
    for (const runtime of RUNTIMES) await cloud.client.createRuntime({ name: runtime });
    // Where there are windows, a runtime without settings waits for one, too.
    await cloud.client.run({ maxSeconds: variant.longestHours * HOUR });
    await cloud.#audit.read();
    return cloud;
  }

  get client(): LocalClient {
    return this.cloud.client;
  }

  /** The last rotations and dry runs as the app tells of them, newest first, with what each says is owed. */
  async rotations(): Promise<string[]> {
    const rotations = await this.#settlement.shownRotations();
    return Promise.all(
      rotations.slice(0, 24).map(async ({ id, status, outcome, summary }) => {
        const { result } = (await readRun(this.client, id)) as unknown as Rotation;
        const debts = (result?.debts ?? []).map(({ kind, what }) => `${kind} ${what}`);
        return `  ${id} ${outcome ?? status}: ${summary ?? ''} owes: ${debts.join(', ') || 'nothing'}`;
      }),
    );
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  /** Runs one scenario. Afterwards the cloud is as it was before, with another credential. */
  async run(scenario: FaultScenario): Promise<Report> {
    const defects: string[] = [];
    const timeline = new Timeline(scenario.disturbances);
    this.#audit.restarts.begin();
    const lastBefore = (await this.#published()).at(-1)?.id;
    this.#settlement.personWrote =
      this.variant.strategy === 'external' ||
      scenario.disturbances.some(({ what }) => what.kind === 'secretWritten');
    const id = await this.#beginnings.begin(scenario, defects);
    const ended =
      id === undefined
        ? undefined
        : await this.#follower.followAll(id, timeline, { giveTheOther: scenario.startedBy === 'event' });
    await this.#follower.finish(timeline, scenario.days ?? 0, id ?? '');
    await this.#audit.read();
    defects.push(...this.#audit.restarts.beyond(scenario.restarts ?? {}, timeline.passed / DAY));
    defects.push(...(await this.#missingEvents(scenario, lastBefore)));
    if (scenario.mustStrike) defects.push(...(await this.#idleFaults()));
    await reset(this.client, RUNTIMES);
    if (id !== undefined) {
      if (!ended) defects.push(`the run ${id} did not end in ${this.variant.longestHours} h`);
      else defects.push(...unexplained(ended, scenario), ...endedOtherwise(ended, scenario));
    }
    // What such a rotation leaves, nobody but a sweep sees.
    if (endsRotations(scenario)) await this.#settlement.sweep();
    await this.#settlement.endRun();

    const rotationsToSettle = await this.#settlement.settle(defects);
    defects.push(...(await this.#settlement.endless()));
    const violations = this.#audit.newViolations();
    return { outcome: outcomeOf(id, ended), violations, defects, rotationsToSettle };
  }

  /** The app's latest events, in either schema: the cloud keeps so many and no more. */
  async #published(): Promise<readonly { readonly id: string; readonly type: string }[]> {
    const events = (await this.client.published()) as readonly Record<string, unknown>[];
    return events.map(({ id, type, eventType }) => ({ id: String(id), type: String(type ?? eventType) }));
  }

  /** Events that should have been sent, after the event of that id. */
  async #missingEvents(
    { expectedEvents = [] }: FaultScenario,
    before: string | undefined,
  ): Promise<string[]> {
    const events = await this.#published();
    const since = events.slice(events.findIndex(({ id }) => id === before) + 1);
    return expectedEvents
      .filter((type) => !since.some((event) => event.type.startsWith(`${type}.`)))
      .map((type) => `nobody was told by an event ${type}`);
  }

  /** Faults that have not struck. */
  async #idleFaults(): Promise<string[]> {
    const idle = (await this.client.faults()).filter(({ seen, skip = 0 }) => seen <= skip);
    return idle.map(({ match }) => `a fault has met no call: ${JSON.stringify(match)}`);
  }
}
