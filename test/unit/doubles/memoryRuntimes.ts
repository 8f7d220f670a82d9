/**
 * A kind of runtime whose service is kept in memory: a second one beside Data Factory, with other words, no ETag and, where
 * a fault is switched on, all that services do to their callers.
 */
import type { RuntimePattern } from '../../../src/domain/configuration/profile.js';
import { globMatches, globsOverlap } from '../../../src/domain/configuration/profileMatching.js';
import type { PreflightRow } from '../../../src/domain/preflight/report.js';
import type { CallFailure } from '../../../src/domain/problems/callResult.js';
import { runtimeFailed, runtimeStateUnknown } from '../../../src/domain/runs/runProblems.js';
import type { AirflowSettings } from '../../../src/domain/settings/airflowSettings.js';
import type { RuntimePhase, RuntimeView, Snapshot } from '../../../src/domain/settings/snapshot.js';
import { suppliedBy } from '../../../src/domain/settings/suppliedCredential.js';
import type { RuntimeBatch } from '../../../src/domain/values/runtimeBatch.js';
import { canonicalRuntimeId, type RuntimeId } from '../../../src/domain/values/runtimeId.js';
import type { RuntimeWords } from '../../../src/domain/values/runtimeWords.js';
import type { RuntimeKind } from '../../../src/runtimes/kind.js';
import type {
  AirflowRuntimes,
  ApplyChanges,
  Changes,
  ListedRuntime,
  ListedRuntimes,
  PollOptions,
  ReadRuntime,
} from '../../../src/runtimes/port.js';

const KIND = 'memory';

export const MEMORY_WORDS: RuntimeWords = {
  runtime: 'shelf',
  portal: 'the library',
  service: 'the librarian',
  webUrl: 'address',
  byHand: 'https://library.example/by-hand',
  id: 'the path of a shelf',
  idShape: '/places/…/…',
  nameShape: 'place/shelf',
  settings: { environment: 'variables', overrides: 'options', requirements: 'packages' },
};

/** What goes wrong, by name. */
export interface Faults {
  /** Every read and list is refused for a while. */
  throttled: boolean;
  /** The identity may not list. */
  listsAreForbidden: boolean;
  /** So many times somebody else writes between a read and the write. */
  othersWrite: number;
  /** A write is taken as an operation that ends after so many looks; 0: it is written at once. */
  writesTake: number;
  /** A write is answered, and nothing is written. */
  writesAreLost: boolean;
  /** Reads and lists leave the environment out. */
  environmentIsHidden: boolean;
}

const NO_FAULT: Faults = {
  throttled: false,
  listsAreForbidden: false,
  othersWrite: 0,
  writesTake: 0,
  writesAreLost: false,
  environmentIsHidden: false,
};

const PHASES: Readonly<Record<string, RuntimePhase>> = {
  open: 'ready',
  opening: 'waiting',
  building: 'waiting',
  burnt: 'failed',
  closing: 'deleting',
};

/** One runtime as the service keeps it. */
export interface Kept {
  settings: AirflowSettings;
  state: string;
  webUrl?: string;
  airflowVersion?: string;
  /** Addresses that it calls from; absent: they are not known. */
  addresses?: readonly string[];
  /** Something else than an Airflow. */
  isOther?: true;
  /** Looks until it is open again after a write. */
  opensAfter: number;
  revision: number;
}

export function memoryId(place: string, name: string): RuntimeId {
  return { kind: KIND, id: `/places/${place}/${name}`, name: `${place}/${name}` };
}

export class MemoryRuntimes implements AirflowRuntimes {
  readonly faults: Faults = { ...NO_FAULT };
  /** What was called, in order. */
  readonly calls: string[] = [];
  readonly #kept = new Map<string, { readonly id: RuntimeId; readonly kept: Kept }>();
  readonly #operations = new Map<string, { polls: number; finish(): void }>();

  put(id: RuntimeId, given: Partial<Kept> = {}): Kept {
    const kept: Kept = {
      settings: {},
      state: 'open',
      webUrl: `https://${id.name.replace('/', '.')}.library.example`,
      airflowVersion: '2.10.5',
      opensAfter: 2,
      revision: 1,
      ...given,
    };
    this.#kept.set(canonicalRuntimeId(id), { id, kept });
    return kept;
  }

  remove(id: RuntimeId): void {
    this.#kept.delete(canonicalRuntimeId(id));
  }

  async read(id: RuntimeId): Promise<ReadRuntime | CallFailure> {
    this.calls.push(`read ${id.name}`);
    if (this.faults.throttled) return { kind: 'retry', message: 'the librarian is busy' };
    const found = this.#kept.get(canonicalRuntimeId(id));
    return found ? { kind: 'found', view: this.#view(found.id, found.kept) } : { kind: 'missing' };
  }

  async poll(id: RuntimeId, { operation }: PollOptions): Promise<ReadRuntime | CallFailure> {
    const found = this.#kept.get(canonicalRuntimeId(id));
    const going = operation === undefined ? undefined : this.#operations.get(operation);
    if (going && --going.polls <= 0) {
      going.finish();
      this.#operations.delete(operation ?? '');
    } else if (found?.kept.state === 'opening' && --found.kept.opensAfter <= 0) found.kept.state = 'open';
    const read = await this.read(id);
    if (!going || going.polls <= 0 || read.kind !== 'found' || read.view.kind !== 'airflow') return read;
    return { kind: 'found', view: { ...read.view, phase: 'waiting', state: 'writing' } };
  }

  async apply(
    id: RuntimeId,
    { guard, raw }: Snapshot,
    { settings }: Changes,
  ): Promise<ApplyChanges | CallFailure> {
    this.calls.push(`apply ${id.name}`);
    const found = this.#kept.get(canonicalRuntimeId(id));
    if (!found) return { kind: 'missing' };
    const { kept } = found;
    if (this.faults.othersWrite > 0) {
      this.faults.othersWrite--;
      kept.revision++;
    }
    if (guard !== kept.revision || raw !== kept) return { kind: 'changedMeanwhile' };
    const write = () => {
      kept.revision++;
      if (this.faults.writesAreLost) return;
      kept.settings = settings;
      kept.state = 'opening';
    };
    if (this.faults.writesTake === 0) {
      write();
      return { kind: 'written' };
    }
    const operation = `operation-${kept.revision}`;
    this.#operations.set(operation, { polls: this.faults.writesTake, finish: write });
    return { kind: 'accepted', operation };
  }

  list(pattern: RuntimePattern): Promise<ListedRuntimes | CallFailure> {
    return this.#listed(pattern.text, (id) => pattern.matches(id));
  }

  listAround(): Promise<ListedRuntimes | CallFailure> {
    return this.#listed('everything', () => true);
  }

  listBatch(batch: RuntimeBatch): Promise<ListedRuntimes | CallFailure> {
    return this.#listed(batch.key, ({ id }) => id.startsWith(batch.ids));
  }

  async deliverDags(id: RuntimeId): Promise<{ readonly kind: 'accepted' }> {
    this.calls.push(`deliver ${id.name}`);
    return { kind: 'accepted' };
  }

  async needs(): Promise<readonly PreflightRow[]> {
    return [{ status: 'ok', what: 'read shelves', where: 'the library', why: 'read and list runtimes' }];
  }

  async #listed(what: string, isWanted: (id: RuntimeId) => boolean): Promise<ListedRuntimes | CallFailure> {
    this.calls.push(`list ${what}`);
    if (this.faults.throttled) return { kind: 'retry', message: 'the librarian is busy' };
    if (this.faults.listsAreForbidden) {
      const problem = {
        code: 'runtimeUnreadable' as const,
        message: 'The librarian says no.',
        remedy: 'Ask the owner.',
      };
      return { kind: 'refused', problem };
    }
    const runtimes = [...this.#kept.values()]
      .filter(({ id }) => isWanted(id))
      .map(({ id, kept }): ListedRuntime => {
        const [place = ''] = id.name.split('/');
        return {
          id,
          view: this.#view(id, kept),
          addresses: kept.addresses ?? [],
          batch: { kind: KIND, key: place, ids: `/places/${place}/`, names: `${place}/` },
          budget: { key: 'one', pace: { atOnce: 10, perSecond: 1 } },
        };
      });
    return { kind: 'listed', runtimes, unread: [], complete: [what] };
  }

  #view({ name }: RuntimeId, kept: Kept): RuntimeView {
    const { state, webUrl, airflowVersion } = kept;
    if (kept.isOther) return { kind: 'other', what: 'a shelf of maps' };
    const { environment: _, ...shown } = kept.settings;
    const settings = this.faults.environmentIsHidden ? shown : kept.settings;
    const phase = PHASES[state] ?? 'stalled';
    const ended = {
      failed: runtimeFailed(name, state, MEMORY_WORDS),
      stalled: runtimeStateUnknown(name, state, MEMORY_WORDS),
    };
    return {
      kind: 'airflow',
      words: MEMORY_WORDS,
      settings,
      ...suppliedBy(settings),
      state,
      phase,
      ...(phase === 'failed' || phase === 'stalled' ? { ended: ended[phase] } : {}),
      beingMade: state === 'building',
      ...(webUrl ? { webUrl } : {}),
      ...(airflowVersion ? { airflowVersion } : {}),
      pythonVersion: '3.12',
      dagsFromGit: false,
      hidden: [],
      needed: [],
      raw: kept,
      guard: kept.revision,
    };
  }
}

/** Patterns of places and names. */
export function memoryPattern(place: string, name = '*'): RuntimePattern & { readonly names: string[] } {
  const names = [place, name];
  return {
    kind: KIND,
    names,
    text: `${place}/${name}`,
    matches: (id) =>
      id.kind === KIND && partsOf(id.name).every((part, at) => globMatches(names[at] ?? '', part)),
    overlaps: (other) =>
      other.kind === KIND && partsOf(other.text).every((part, at) => globsOverlap(names[at] ?? '', part)),
    mayMatchName: (text) => partsOf(text).every((part, at) => globMatches(names[at] ?? '', part)),
    placeOf: () => `${place}/${name}`,
  };
}

function partsOf(name: string): string[] {
  return name.split('/');
}

/** The kind of these runtimes. */
export function memoryKind(service: MemoryRuntimes): RuntimeKind {
  return {
    name: KIND,
    words: MEMORY_WORDS,
    configuration: {
      pattern: [
        { name: 'place', meaning: 'Place.', form: { kind: 'text', longest: 60 } },
        { name: 'name', meaning: 'Shelf.', form: { kind: 'text', longest: 60 }, otherwise: '*' },
      ],
      dagSource: [{ name: 'box', meaning: 'Box.', form: { kind: 'text', longest: 60 } }],
      scope: "the library's own",
    },
    parse: (text) => {
      const [, place, name] = /^\/places\/([a-z0-9-]+)\/([a-z0-9-]+)$/i.exec(text) ?? [];
      return place === undefined || name === undefined ? undefined : memoryId(place, name);
    },
    resembles: (text) => /^\/?places\//i.test(text),
    pattern: ({ place = '*', name }) => memoryPattern(place, name),
    signIn: ({ title }) => ({
      cloud: title,
      scopes: ['library/.default'],
      hosts: ['.library.example'],
      portal: MEMORY_WORDS.portal,
      grantedOn: '<the library>',
    }),
    connect: async () => service,
  };
}
