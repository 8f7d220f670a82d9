import type { TokenCredential } from '@azure/core-auth';
import { refused, serviceError } from '../../azure/failures.js';
import type { Cloud } from '../../domain/configuration/clouds.js';
import type { DagSource, Profile, RuntimePattern } from '../../domain/configuration/profile.js';
import type { Examiner } from '../../domain/preflight/permissionRows.js';
import type { PreflightRow } from '../../domain/preflight/report.js';
import type { CallFailure } from '../../domain/problems/callResult.js';
import type { Snapshot } from '../../domain/settings/snapshot.js';
import { isJsonObject, parseExactly, withoutMembers } from '../../domain/values/json.js';
import type { RuntimeBatch } from '../../domain/values/runtimeBatch.js';
import { displayRuntime, type RuntimeId } from '../../domain/values/runtimeId.js';
import type {
  AirflowRuntimes,
  ApplyChanges,
  Changes,
  ListedRuntimes,
  PollOptions,
  ReadRuntime,
} from '../port.js';
import { ArmClient, errorOf } from './armClient.js';
import { armFailure } from './armFailure.js';
import { Factories } from './factories.js';
import { IMPORT_DAGS, READ_RUNTIMES, WRITE_RUNTIMES } from './needs.js';
import { namesOf } from './pattern.js';
import { factoryRows } from './preflight.js';
import { factoryIdOf, factoryIn, namesIn } from './resourceId.js';
import { viewOf } from './runtimeBody.js';
import { SharedLists } from './sharedLists.js';
import { bodyWith } from './writeBody.js';

/** Runtimes of Data Factory's Workflow Orchestration Manager, through Azure Resource Manager. */
export class DataFactoryRuntimes implements AirflowRuntimes {
  readonly #arm: ArmClient;
  readonly #factories: Factories;
  readonly #lists: SharedLists;

  constructor(cloud: Cloud, identity: () => Promise<TokenCredential>) {
    this.#arm = new ArmClient(cloud, identity);
    this.#factories = new Factories(this.#arm);
    this.#lists = new SharedLists((factory) => this.#factories.listOne(factory));
  }

  async read(id: RuntimeId): Promise<ReadRuntime | CallFailure> {
    const name = displayRuntime(id);
    const names = namesIn(id);
    const what = `reading ${name}`;
    try {
      const answer = await this.#arm.send(names.subscription, { method: 'GET', path: pathOf(id.id) });
      if (answer.status === 404) return { kind: 'missing' };
      if (answer.status !== 200) return armFailure(errorOf(answer), what, READ_RUNTIMES, names);
      const parsed = parseExactly(answer.bodyAsText ?? '');
      const body = isJsonObject(parsed) ? parsed : {};
      // The description has it in the body, as a member that may be missing.
      const etag = (typeof body['etag'] === 'string' && body['etag']) || answer.headers.get('etag') || '';
      return { kind: 'found', view: viewOf(withoutMembers(body, ['etag']), name, etag) };
    } catch (error) {
      return armFailure(serviceError(error), what, READ_RUNTIMES, names);
    }
  }

  /** With a moment, into the factory's list, where that tells the state; otherwise a read of its own. */
  async poll(id: RuntimeId, { moment }: PollOptions): Promise<ReadRuntime | CallFailure> {
    if (moment === undefined) return this.read(id);
    const listed = await this.#lists.find(id, moment);
    if (listed && 'kind' in listed) return listed.kind === 'retry' ? listed : this.read(id);
    const tells = listed?.view.kind === 'airflow' && listed.view.state !== '';
    return tells ? { kind: 'found', view: listed.view } : this.read(id);
  }

  /** Replaces the runtime, if it is still the one with the ETag of the snapshot. */
  async apply(id: RuntimeId, snapshot: Snapshot, changes: Changes): Promise<ApplyChanges | CallFailure> {
    const names = namesIn(id);
    const what = `writing ${displayRuntime(id)}`;
    const { raw, guard } = snapshot;
    if (typeof guard !== 'string' || guard === '' || !isJsonObject(raw)) return withoutEtag(id);
    try {
      const answer = await this.#arm.send(names.subscription, {
        method: 'PUT',
        path: pathOf(id.id),
        body: JSON.stringify(bodyWith(raw, changes.settings, changes.hiddenValues)),
        headers: { 'if-match': guard },
      });
      // Described is 200 alone; taken is taken, and what comes next reads again anyway.
      if (answer.status >= 200 && answer.status < 300) return { kind: 'written' };
      if (answer.status === 412) return { kind: 'changedMeanwhile' };
      if (answer.status === 404) return { kind: 'missing' };
      return armFailure(errorOf(answer), what, WRITE_RUNTIMES, names);
    } catch (error) {
      return armFailure(serviceError(error), what, WRITE_RUNTIMES, names);
    }
  }

  list(pattern: RuntimePattern): Promise<ListedRuntimes | CallFailure> {
    return this.#factories.list(namesOf(pattern));
  }

  listAround(patterns: readonly RuntimePattern[]): Promise<ListedRuntimes | CallFailure> {
    return this.#factories.listAround(patterns.map(namesOf));
  }

  listBatch(batch: RuntimeBatch): Promise<ListedRuntimes | CallFailure> {
    return this.#factories.listOne(factoryIn(batch));
  }

  /** Imports the DAG folder of a storage linked service (`airflow/sync`). */
  async deliverDags(id: RuntimeId, source: DagSource): Promise<{ readonly kind: 'accepted' } | CallFailure> {
    const names = namesIn(id);
    const what = `importing DAGs into ${displayRuntime(id)}`;
    try {
      const answer = await this.#arm.send(names.subscription, {
        method: 'POST',
        path: pathOf(`${factoryIdOf(names)}/airflow/sync`),
        body: JSON.stringify({
          IntegrationRuntimeName: names.name,
          LinkedServiceName: source['linkedService'],
          StorageFolderPath: source['folderPath'],
          CopyFolderStructure: true,
          Overwrite: true,
          AddRequirementsFromFile: false,
        }),
      });
      // The documentation's table says 200, its sample 202.
      if (answer.status === 200 || answer.status === 202) return { kind: 'accepted' };
      return armFailure(errorOf(answer), what, IMPORT_DAGS, names);
    } catch (error) {
      return armFailure(serviceError(error), what, IMPORT_DAGS, names);
    }
  }

  needs(profiles: readonly Profile[], examiner: Examiner): Promise<readonly PreflightRow[]> {
    return factoryRows(profiles, { examiner, calls: this.#factories });
  }
}

/** Resource groups may be named in any script. */
function pathOf(resourceId: string): string {
  return resourceId.split('/').map(encodeURIComponent).join('/');
}

/** An empty `If-Match` is no condition: somebody else's change could be written over. */
function withoutEtag(id: RuntimeId): CallFailure {
  const name = displayRuntime(id);
  return refused(
    'writeUnguarded',
    `Resource Manager gives no ETag for ${name}, neither in the body nor in a header: a write could not be bound to what was read, and was not made.`,
    'Start the run again; where it stays so, set the runtime up by hand in Data Factory Studio and report it.',
  );
}
