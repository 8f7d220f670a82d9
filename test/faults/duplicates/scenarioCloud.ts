/** A cloud on which one scenario is run again and again, audited throughout. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalClient } from '../../../local/client.js';
import type { NewFault } from '../../../local/control/kernelRoutes.js';
import { type LocalCloudHandle, launchLocalCloud } from '../../../local/launch.js';
import { CREDENTIAL_SECRET, PRINCIPALS } from '../../../local/sample/names.js';
import { Auditor, type Violation } from '../audit.js';
import { BEGIN } from '../begin.js';
import type { Launch } from '../restartableCloud.js';
import { instancesOf, messagesOf } from './messages.js';
import type { Message } from './repetitions.js';
import type { DuplicateScenario } from './scenario.js';

export interface ScenarioReport {
  /** How many messages came twice. */
  readonly doubled: number;
  readonly violations: readonly Violation[];
  readonly defects: readonly string[];
}

/** Of a run that could not be ended: a defect like another, after which the others go on. */
export function brokenOff(error: unknown): ScenarioReport {
  return { doubled: 0, violations: [], defects: [error instanceof Error ? error.message : String(error)] };
}

export interface OpenOptions {
  readonly keepHistories?: boolean;
  /** How its local cloud is to be had. Default: as a process of its own. */
  readonly launch?: Launch;
}

/** Once a year: a sweep would fix what the scenario looks at. */
const NO_SWEEP = { AIRLOCK_SWEEP_SCHEDULE: '0 0 0 1 1 *' };

export class ScenarioCloud {
  readonly #auditor = new Auditor({ app: PRINCIPALS.app, secret: CREDENTIAL_SECRET });
  #seen = 0;
  #violationsSeen = 0;
  #turn = 0;

  private constructor(
    private readonly scenario: DuplicateScenario,
    private readonly handle: LocalCloudHandle,
    private readonly folder: string,
  ) {}

  static async open(
    scenario: DuplicateScenario,
    { keepHistories = false, launch = launchLocalCloud }: OpenOptions = {},
  ): Promise<ScenarioCloud> {
    const folder = mkdtempSync(join(tmpdir(), 'airlock-duplicates-'));
    const config = join(folder, 'airlock.yaml');
    writeFileSync(config, scenario.config);
    const handle = await launch({
      port: 0,
      clock: 'virtual',
      begin: BEGIN,
      runtimeStartSeconds: 60,
      config,
      settings: NO_SWEEP,
      keepHistories,
    });
    const cloud = new ScenarioCloud(scenario, handle, folder);
    await scenario.prepare(handle.client);
    await cloud.#read();
    return cloud;
  }

  /** Runs the scenario with these faults. */
  async run(faults: readonly NewFault[] = []): Promise<ScenarioReport> {
    const { client } = this.handle;
    for (const fault of faults) await client.addFault(fault);
    const found = await this.scenario.run(client, this.#turn++);
    await client.clearFaults();
    const doubled = await this.#read();
    this.#auditor.endRun([]);
    const all = this.#auditor.violations;
    const violations = all.slice(this.#violationsSeen);
    this.#violationsSeen = all.length;
    return { doubled, violations, defects: found };
  }

  /** What one undisturbed run sends. */
  async messages(): Promise<{ readonly report: ScenarioReport; readonly messages: readonly Message[] }> {
    const before = await instancesOf(this.handle.client);
    const report = await this.run();
    return { report, messages: await messagesOf(this.handle.client, before) };
  }

  get client(): LocalClient {
    return this.handle.client;
  }

  async close(): Promise<void> {
    await this.handle.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #read(): Promise<number> {
    const entries = await this.handle.client.ledger({ since: this.#seen });
    this.#seen = entries.at(-1)?.n ?? this.#seen;
    this.#auditor.take(entries);
    return entries.filter(({ operation }) => operation === 'message.duplicated').length;
  }
}
