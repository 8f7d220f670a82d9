/** How scenarios begin: with a rotation, an event, a new version of the secret, or the day before a credential is due. */
import type { LocalClient } from '../../local/client.js';
import type { CloudAudit } from './cloudAudit.js';
import { RUNTIMES, type Variant } from './config.js';
import type { FaultScenario } from './faultScenario.js';
import { writeSecret } from './others.js';
import { THEIR_OWN } from './portal.js';
import type { RestartableCloud } from './restartableCloud.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

export class Beginnings {
  constructor(
    private readonly cloud: RestartableCloud,
    private readonly audit: CloudAudit,
    private readonly variant: Variant,
  ) {}

  /** Gives the run to follow, where there is one. */
  async begin(
    { startedBy, faults, writes = 'tagged' }: FaultScenario,
    defects: string[],
  ): Promise<string | undefined> {
    if (startedBy === 'event') return this.#startByEvent(faults, defects);
    if (startedBy === 'due') {
      await this.#untilDue();
      await this.#disturb(faults);
      return undefined;
    }
    if (this.variant.strategy === 'external') {
      await this.#disturb(faults);
      await writeSecret(this.cloud.client, writes);
      return startRotation(this.cloud.client, {});
    }
    const id = await startRotation(this.cloud.client, { force: true });
    await this.#disturb(faults);
    return id;
  }

  async #disturb(faults: FaultScenario['faults']): Promise<void> {
    for (const fault of faults) await this.cloud.client.addFault(fault);
  }

  /** To a day before the credential in use becomes due. */
  async #untilDue(): Promise<void> {
    const ends = (await this.cloud.client.passwords('airflow')).map(({ endDateTime }) =>
      Date.parse(endDateTime),
    );
    const now = Date.parse((await this.cloud.client.clock()).now);
    let seconds = (Math.min(...ends) - now) / 1000 - (this.variant.rotateBeforeDays + 1) * DAY;
    // In parts: one answer of the control API must not take minutes.
    for (; seconds > 0; seconds -= 5 * DAY) {
      await this.cloud.client.advance(Math.min(seconds, 5 * DAY));
      await this.audit.read();
    }
    const { scenariosBeginAt } = this.variant;
    if (scenariosBeginAt === undefined) return;
    const hours = new Date((await this.cloud.client.clock()).now).getUTCHours();
    await this.cloud.client.advance(((scenariosBeginAt - hours + 24) % 24) * HOUR);
  }

  /** Gives the run that the event of a new runtime starts, refused at first and then sent again. */
  async #startByEvent(faults: FaultScenario['faults'], defects: string[]): Promise<string> {
    const [name] = RUNTIMES;
    const since = (await this.cloud.client.ledger()).at(-1)?.n ?? 0;
    await this.#disturb(faults);
    await this.cloud.client.setApp({ zeroAfterSeconds: 600 });
    await this.cloud.client.createRuntime({ name, airflowProperties: THEIR_OWN });
    for (let passed = 0; passed < HOUR; passed += 60) {
      await this.cloud.pass(60);
      const started = await this.#startedByEvent(since);
      if (started === undefined) continue;
      const refused = await this.cloud.client.ledger({ service: 'host', operation: 'events.refused', since });
      if (refused.length === 0) defects.push('the first event was not refused');
      return started;
    }
    throw new Error(`No event of ${name} has started a run in an hour.`);
  }

  /** By the ledger: the API orders runs by the machine's clock, from which a test cloud's own is far away after some scenarios. */
  async #startedByEvent(since: number): Promise<string | undefined> {
    const started = await this.cloud.client.ledger({
      service: 'host',
      operation: 'orchestration.started',
      since,
    });
    return started.find(({ detail }) => detail?.['name'] === 'runtimeRun' && detail['parent'] === undefined)
      ?.subject;
  }
}

/** Asks the app for a rotation; gives the id of its run. */
export async function startRotation(client: LocalClient, more: object): Promise<string> {
  const answer = await client.functions('/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ action: 'rotate', credential: 'airflow-sp', ...more }),
  });
  if (answer.status !== 202) throw new Error(`POST /api/runs: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}
