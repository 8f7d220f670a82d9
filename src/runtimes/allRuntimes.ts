import type { DagSource, Profile, RuntimePattern } from '../domain/configuration/profile.js';
import type { Examiner } from '../domain/preflight/permissionRows.js';
import type { PreflightRow } from '../domain/preflight/report.js';
import type { CallFailure } from '../domain/problems/callResult.js';
import type { Snapshot } from '../domain/settings/snapshot.js';
import type { RuntimeBatch } from '../domain/values/runtimeBatch.js';
import type { RuntimeId } from '../domain/values/runtimeId.js';
import type { Connection, RuntimeKinds } from './kind.js';
import type {
  AirflowRuntimes,
  ApplyChanges,
  Changes,
  ListedRuntimes,
  PollOptions,
  ReadRuntime,
} from './port.js';

/** The runtimes of all kinds: each call goes to the service of its kind, which is loaded when it is first needed. */
export class AllRuntimes implements AirflowRuntimes {
  readonly #services = new Map<string, Promise<AirflowRuntimes>>();

  constructor(
    private readonly kinds: RuntimeKinds,
    private readonly to: Connection,
  ) {}

  async read(id: RuntimeId): Promise<ReadRuntime | CallFailure> {
    return (await this.#of(id)).read(id);
  }

  async poll(id: RuntimeId, options: PollOptions): Promise<ReadRuntime | CallFailure> {
    return (await this.#of(id)).poll(id, options);
  }

  async apply(id: RuntimeId, snapshot: Snapshot, changes: Changes): Promise<ApplyChanges | CallFailure> {
    return (await this.#of(id)).apply(id, snapshot, changes);
  }

  async list(pattern: RuntimePattern): Promise<ListedRuntimes | CallFailure> {
    return (await this.#of(pattern)).list(pattern);
  }

  async listAround(patterns: readonly RuntimePattern[]): Promise<ListedRuntimes | CallFailure> {
    const lists: ListedRuntimes[] = [];
    for (const kind of kindsIn(patterns)) {
      const own = patterns.filter((pattern) => pattern.kind === kind);
      const listed = await (await this.#of({ kind })).listAround(own);
      if (listed.kind !== 'listed') return listed;
      lists.push(listed);
    }
    return {
      kind: 'listed',
      runtimes: lists.flatMap(({ runtimes }) => runtimes),
      unread: lists.flatMap(({ unread }) => unread),
      complete: lists.flatMap(({ complete }) => complete),
    };
  }

  async listBatch(batch: RuntimeBatch): Promise<ListedRuntimes | CallFailure> {
    return (await this.#of(batch)).listBatch(batch);
  }

  async deliverDags(id: RuntimeId, source: DagSource): Promise<{ readonly kind: 'accepted' } | CallFailure> {
    return (await this.#of(id)).deliverDags(id, source);
  }

  async needs(profiles: readonly Profile[], examiner: Examiner): Promise<readonly PreflightRow[]> {
    const rows: PreflightRow[] = [];
    for (const kind of kindsIn(profiles.flatMap(({ runtimes }) => runtimes))) {
      const own = profiles.map((profile) => ({
        ...profile,
        runtimes: profile.runtimes.filter((pattern) => pattern.kind === kind),
      }));
      const service = await this.#of({ kind });
      rows.push(
        ...(await service.needs(
          own.filter(({ runtimes }) => runtimes.length > 0),
          examiner,
        )),
      );
    }
    return rows;
  }

  #of({ kind }: { readonly kind: string }): Promise<AirflowRuntimes> {
    const known = this.#services.get(kind) ?? this.kinds.named(kind).connect(this.to);
    this.#services.set(kind, known);
    return known;
  }
}

function kindsIn(patterns: readonly RuntimePattern[]): ReadonlySet<string> {
  return new Set(patterns.map(({ kind }) => kind));
}
