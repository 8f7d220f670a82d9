/**
 * An instance in flight finds an orchestration, an activity or an entity by its name alone. Where the name has gone, the
 * durable extension does not say so: the instance hangs for ever. So nothing that a release has registered is renamed or
 * dropped while instances of that release may be in flight. `schema/registry.json` has the names, each with the release
 * that it came with; `npm run registry:record` adds new ones, `RELEASE=0.2.0 npm run registry:record` records a release.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { app } from '@azure/functions';
import * as df from 'durable-functions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerActivities } from '../../src/activities/register.js';
import { registerEntities } from '../../src/entities/register.js';
import { registerFunctions } from '../../src/functions/register.js';
import { registerOrchestrations } from '../../src/orchestrations/register.js';
import { depsOf } from '../integration/functions/deps.js';

const FILE = new URL('../../schema/registry.json', import.meta.url).pathname;
const UNRELEASED = 'unreleased';
const KINDS = ['orchestrations', 'activities', 'entities', 'triggers'] as const;

type Kind = (typeof KINDS)[number];
/** Names of each kind, each with the release that it came with. */
type Registry = Readonly<Record<Kind, Readonly<Record<string, string>>>>;
type Names = Readonly<Record<Kind, readonly string[]>>;

/** What is wrong with a registry: names that it lacks, and names that are registered no more although they have to be. */
function faultsOf(registry: Registry, names: Names): string[] {
  return KINDS.flatMap((kind) => {
    const recorded = Object.entries(registry[kind]);
    return [
      ...names[kind]
        .filter((name) => !(name in registry[kind]))
        .map((name) => `${kind}: ${name} is not recorded`),
      ...recorded
        .filter(([name]) => !names[kind].includes(name))
        .map(([name, since]) =>
          since === UNRELEASED
            ? `${kind}: ${name} is recorded, and gone before any release had it`
            : `${kind}: ${name} of ${since} is gone: instances in flight would hang for ever`,
        ),
    ];
  });
}

/** The registry with what is registered now; `release`: the one that this is. */
function recorded(registry: Registry, names: Names, release: string | undefined): Registry {
  const of = (kind: Kind) => {
    const known = Object.entries(registry[kind]).filter(
      ([name, since]) => since !== UNRELEASED || names[kind].includes(name),
    );
    const added = names[kind]
      .filter((name) => !(name in registry[kind]))
      .map((name) => [name, UNRELEASED] as const);
    const all = [...known, ...added].map(
      ([name, since]) => [name, since === UNRELEASED ? (release ?? UNRELEASED) : since] as const,
    );
    return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return {
    orchestrations: of('orchestrations'),
    activities: of('activities'),
    entities: of('entities'),
    triggers: of('triggers'),
  };
}

/** What the app registers. */
let names: Names;

beforeAll(() => {
  const found: Record<Kind, string[]> = { orchestrations: [], activities: [], entities: [], triggers: [] };
  const note = (kind: Kind) => (name: string) => {
    found[kind].push(name);
    return undefined as never;
  };
  vi.spyOn(df.app, 'orchestration').mockImplementation(note('orchestrations'));
  vi.spyOn(df.app, 'activity').mockImplementation(note('activities'));
  vi.spyOn(df.app, 'entity').mockImplementation(note('entities'));
  for (const trigger of ['http', 'timer', 'eventGrid'] as const) {
    vi.spyOn(app, trigger).mockImplementation(note('triggers'));
  }
  registerFunctions(depsOf());
  registerOrchestrations();
  registerActivities();
  registerEntities({ newHub: () => '' });
  names = found;
  if (process.env['RECORD_REGISTRY']) {
    const registry = JSON.parse(readFileSync(FILE, 'utf8')) as Registry;
    writeFileSync(FILE, `${JSON.stringify(recorded(registry, names, process.env['RELEASE']), null, 2)}\n`);
  }
});
afterAll(() => {
  vi.restoreAllMocks();
});

describe('the registry', () => {
  it('names everything that the app registers, and nothing that a release had is gone', () => {
    const registry = JSON.parse(readFileSync(FILE, 'utf8')) as Registry;

    expect(faultsOf(registry, names)).toEqual([]);
    for (const kind of KINDS) expect(names[kind].length).toBeGreaterThan(0);
  });

  it('that lacks a name is refused', () => {
    const registry = recorded(emptyRegistry(), names, undefined);
    const { retryActivity: _, ...orchestrations } = registry.orchestrations;

    expect(faultsOf({ ...registry, orchestrations }, names)).toEqual([
      'orchestrations: retryActivity is not recorded',
    ]);
  });

  it('lets a name go before its first release, and not after', () => {
    const without: Names = {
      ...names,
      activities: names.activities.filter((name) => name !== 'triggerCheck'),
    };
    const before = recorded(emptyRegistry(), names, undefined);
    const released = recorded(before, names, '0.2.0');

    expect(faultsOf(recorded(before, without, undefined), without)).toEqual([]);
    expect(released.activities['triggerCheck']).toBe('0.2.0');
    expect(faultsOf(recorded(released, without, '0.3.0'), without)).toEqual([
      'activities: triggerCheck of 0.2.0 is gone: instances in flight would hang for ever',
    ]);
  });
});

/** A registry with nothing in it. */
function emptyRegistry(): Registry {
  return { orchestrations: {}, activities: {}, entities: {}, triggers: {} };
}
