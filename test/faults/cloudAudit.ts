/** Reads a cloud's ledger as it grows, for the auditor and for the count of restarts. */
import { CREDENTIAL_SECRET, PRINCIPALS } from '../../local/sample/names.js';
import { Auditor, type Violation } from './audit.js';
import type { RestartableCloud } from './restartableCloud.js';
import { Restarts } from './restarts.js';

export class CloudAudit {
  readonly auditor = new Auditor({ app: PRINCIPALS.app, secret: CREDENTIAL_SECRET });
  readonly restarts = new Restarts(PRINCIPALS.app);
  #seen = 0;
  #violationsSeen = 0;

  constructor(private readonly cloud: RestartableCloud) {}

  /** Takes what the ledger has that was not read before. */
  async read(): Promise<void> {
    const { client } = this.cloud;
    const entries = await client.ledger({ since: this.#seen });
    this.#seen = entries.at(-1)?.n ?? this.#seen;
    this.auditor.take(entries);
    this.restarts.take(entries);
    this.auditor.lookAt((await client.clock()).now);
  }

  /** What broke a rule since this was asked last. */
  newViolations(): readonly Violation[] {
    const all = this.auditor.violations;
    const violations = all.slice(this.#violationsSeen);
    this.#violationsSeen = all.length;
    return violations;
  }
}
