/** What a scenario leaves: undisturbed rotations until nothing is left to do, nothing is owed, and nothing is under way. */
import type { LocalClient } from '../../local/client.js';
import { startRun } from '../../local/demo/follow.js';
import { CREDENTIAL_SECRET } from '../../local/sample/names.js';
import { startRotation } from './beginnings.js';
import type { CloudAudit } from './cloudAudit.js';
import { RUNTIME_IDS } from './config.js';
import { BY_A_PERSON } from './others.js';
import type { RestartableCloud } from './restartableCloud.js';
import { type Rotation, sameOwed } from './rotationEnds.js';
import type { RunFollower } from './runFollower.js';
import { Timeline } from './timeline.js';

const HOUR = 3600;
const MOST_ROTATIONS = 5;
/** Longer than the app pauses after failures, and than the directory may show late what a label stands for. */
const LONGEST_PAUSE = 25 * HOUR;

export class DebtChanges {
  /** In this scenario a person writes versions. */
  personWrote = false;
  #owed: readonly string[] = [];

  /** @param longestHours no run takes longer */
  constructor(
    private readonly cloud: RestartableCloud,
    private readonly audit: CloudAudit,
    private readonly follower: RunFollower,
    private readonly longestHours: number,
  ) {}

  private get client(): LocalClient {
    return this.cloud.client;
  }

  /** Gives how many undisturbed rotations it took. */
  async settle(defects: string[]): Promise<number> {
    for (let rotations = 0; rotations <= MOST_ROTATIONS; rotations++) {
      if ((await this.#unsettled()).length === 0) {
        defects.push(...(await this.#stillOwed()));
        return rotations;
      }
      await this.client.advance(LONGEST_PAUSE);
      await this.follower.followAll(await startRotation(this.client, {}), new Timeline([]), {
        attentive: true,
      });
      await this.audit.read();
      await this.endRun();
    }
    const open = (await this.#unsettled()).join(', ');
    defects.push(`not settled after ${MOST_ROTATIONS} undisturbed rotations: ${open}`);
    return MOST_ROTATIONS;
  }

  async sweep(): Promise<void> {
    await this.follower.follow(await startRun(this.client, { action: 'sweep' }), new Timeline([]));
    await this.audit.read();
  }

  /**
   * What is owed, a plan of a rotation says, whichever run left it: two that say the same, with the ledger read between
   * them. A rotation that is at work has its end first: it removes what nobody has any more.
   */
  async endRun(): Promise<void> {
    let plan = await this.#plan();
    for (let rounds = 0; rounds < MOST_ROTATIONS; rounds++) {
      const other = plan?.otherRunId ?? (await this.#rotating());
      if (other !== undefined) await this.follower.follow(other, new Timeline([]));
      await this.audit.read();
      const before = plan;
      plan = await this.#plan();
      // Nothing has changed since: what the ledger had by then is what it speaks of.
      if (other === undefined && sameOwed(before, plan)) break;
    }
    const debts = plan?.result?.debts ?? [];
    this.#owed = debts.map(({ kind, what }) => `${kind} ${what}`);
    const owed = debts.filter(({ kind }) => kind !== 'moveRuntime').map(({ what }) => what);
    // What runtimes were moved away from without a rotation is no debt: the next sweep removes it.
    this.audit.auditor.endRun([...owed, ...(plan?.result?.removes ?? [])]);
  }

  async #plan(): Promise<Rotation | undefined> {
    return this.follower.follow(await startRotation(this.client, { dryRun: true }), new Timeline([]));
  }

  /** A rotation that is at work. */
  async #rotating(): Promise<string | undefined> {
    return (await this.shownRotations('&status=running')).at(0)?.id;
  }

  /** Rotations among the newest runs. */
  async shownRotations(more = ''): Promise<readonly (Rotation & { readonly summary?: string })[]> {
    const answer = await this.client.functions(`/api/runs?action=rotate&top=60${more}`);
    const { runs } = (await answer.json()) as { runs: readonly (Rotation & { summary?: string })[] };
    return runs;
  }

  /** What nobody has to do any more, and the credential's record says all the same. */
  async #stillOwed(): Promise<string[]> {
    if (this.#owed.length === 0) return [];
    await this.client.advance(LONGEST_PAUSE);
    await this.sweep();
    // A run that the sweep has started pays.
    await this.client.run({ maxSeconds: HOUR });
    await this.endRun();
    return this.#owed.map((debt) => `${debt} is owed although everything has settled`);
  }

  /** Unless every runtime has what everybody reads, and runs with it, and no other key of the application is there. */
  async #unsettled(): Promise<string[]> {
    await this.audit.read();
    await this.#removeUnused();
    const leftOver = this.audit.auditor.holdings.leftOver();
    const keys = await this.client.passwords('airflow');
    return [
      ...(this.audit.auditor.holdings.isUniform(RUNTIME_IDS, CREDENTIAL_SECRET)
        ? []
        : ['not every runtime runs with the current version']),
      ...leftOver.map((keyId) => `the key ${keyId} is left over`),
      ...(keys.length === 1 ? [] : [`the application has ${keys.length} keys`]),
    ];
  }

  /**
   * Whoever wrote another version takes away what it has put out of use; and, in a later scenario, what a person wrote without
   * its key's id, which the app leaves alone.
   */
  async #removeUnused(): Promise<void> {
    const unused = this.audit.auditor.holdings.othersUnused(this.personWrote ? undefined : BY_A_PERSON);
    for (const keyId of unused) await this.client.removePassword('airflow', keyId);
    if (unused.length > 0) await this.audit.read();
  }

  /** Instances that are there although everything has settled, and do not end. */
  async endless(): Promise<string[]> {
    for (let hours = 0; hours < this.longestHours; hours += 6) {
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
}
