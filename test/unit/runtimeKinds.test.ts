/** That kinds of runtimes stay behind their port: nothing outside of a kind's folder knows its service. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventRunId, memberRunId, partRunId, sweptRuntimeRunId } from '../../src/domain/runs/instanceIds.js';
import { existingKey, placeKey } from '../../src/domain/sweep/existing.js';
import { sha256Hex } from '../../src/domain/values/digest.js';
import { memberOf, restOf } from '../../src/domain/values/runtimeBatch.js';
import { canonicalRuntimeId, runtimeRecordKey } from '../../src/domain/values/runtimeId.js';
import { caseless } from '../../src/domain/values/sameId.js';
import { ResourcePattern } from '../../src/runtimes/data-factory/pattern.js';
import {
  batchOf,
  namesIn,
  type RuntimeNames,
  runtimeIdOf,
} from '../../src/runtimes/data-factory/resourceId.js';
import { RuntimeKinds } from '../../src/runtimes/kind.js';
import { KINDS } from '../../src/runtimes/kinds.js';
import { MemoryRuntimes, memoryId, memoryKind, memoryPattern } from './doubles/memoryRuntimes.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = globSync('src/**/*.ts', { cwd: root }).map((path) => path.replaceAll('\\', '/'));
const outside = (path: string) =>
  path !== 'src/runtimes/kinds.ts' && !path.startsWith('src/runtimes/data-factory/');
const linesOf = (path: string) => readFileSync(`${root}/${path}`, 'utf8').split('\n');

/** Words of Data Factory. */
const ITS_OWN =
  /airflowProperties|airflowEnvironmentVariables|airflowRequirements|integration.?runtime|data.?factory|factor(y|ies)|gitSync|enableAAD|linkedService|etag/i;
/** Words of Resource Manager, which has vaults and topics as well. */
const OF_AZURE = /Resource Manager|subscription/i;
const KNOWS_AZURE = [
  'src/activities/preflight/vaults.ts',
  'src/azure/ownAccess.ts',
  'src/config/accessSchema.ts',
  'src/domain/preflight/grants.ts',
  'src/domain/preflight/needs.ts',
  'src/domain/preflight/permissionRows.ts',
  'src/domain/preflight/rolePermissions.ts',
  'src/domain/problems/catalogue.ts',
  'src/domain/problems/catalogue/app.ts',
  'src/domain/problems/catalogue/services.ts',
];

describe('a kind of runtime', () => {
  it('is named by one list alone', () => {
    const importing = sources
      .filter(outside)
      .filter((path) => linesOf(path).some((line) => /from '[^']*\/data-factory\//.test(line)));

    expect(importing).toEqual([]);
  });

  it('is the only one to know the words of its service', () => {
    const known = sources
      .filter(outside)
      .flatMap((path) =>
        linesOf(path).flatMap((line, at) => (ITS_OWN.test(line) ? [`${path}:${at + 1}`] : [])),
      );

    expect(known).toEqual([]);
  });

  it('shares the words of Resource Manager with few', () => {
    const knowing = sources
      .filter(outside)
      .filter((path) => linesOf(path).some((line) => OF_AZURE.test(line)));

    expect(knowing.sort()).toEqual(KNOWS_AZURE);
  });
});

/** A letter or digit of names. */
const letter = fc.constantFrom(...'abcXYZ019');
const text = (longest: number) =>
  fc.array(letter, { minLength: 3, maxLength: longest }).map((letters) => letters.join(''));
const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdefABCDEF'), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const names: fc.Arbitrary<RuntimeNames> = fc.record({
  subscription: fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-')),
  resourceGroup: fc.oneof(text(30), fc.constantFrom('RG-MÖBEL', 'İstanbul', 'группа-1', 'rg_(1).x')),
  factory: text(20),
  name: text(20),
});

/** The rules by which keys and ids were made when ids were the names in a resource id. */
const before = {
  canonical: ({ subscription, resourceGroup, factory, name }: RuntimeNames) =>
    caseless(
      `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DataFactory/factories/${factory}/integrationRuntimes/${name}`,
    ),
  recordKey: (of: RuntimeNames) => sha256Hex(before.canonical(of)).slice(0, 32),
  place: ({ subscription, resourceGroup, factory }: RuntimeNames, pattern: string) =>
    sha256Hex(
      caseless(
        `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.DataFactory/factories/${factory}/${pattern}`,
      ),
    ).slice(0, 12),
  group: ({ subscription, resourceGroup, factory, name }: RuntimeNames) =>
    caseless([subscription, resourceGroup, factory, name].join('/')),
};

describe('the id of a Data Factory runtime', () => {
  it('gives the keys and instance ids that its names gave, for a thousand', () => {
    fc.assert(
      fc.property(names, (of) => {
        const id = runtimeIdOf(of);
        const key = before.recordKey(of);
        expect(namesIn(id)).toEqual(of);
        expect(canonicalRuntimeId(id)).toBe(before.canonical(of));
        expect(runtimeRecordKey(id)).toBe(key);
        expect(eventRunId(id, 'e1')).toBe(`ev-${key.slice(0, 12)}-${sha256Hex('e1').slice(0, 20)}`);
        expect(sweptRuntimeRunId(id, 's1')).toBe(`sw-${key.slice(0, 12)}-${sha256Hex('s1').slice(0, 20)}`);
        expect(memberRunId('rq-1', id)).toBe(`rq-1-${key.slice(0, 12)}`);
        expect(existingKey(id)).toBe(key.slice(0, 12));
        const pattern = new ResourcePattern({ ...of, resourceGroup: '*', name: 'e*' });
        expect(placeKey(pattern.placeOf(id))).toBe(before.place(of, 'e*'));
        const batch = batchOf(of);
        const rest = restOf(batch, id);
        expect(memberOf(batch, rest)).toEqual(id);
        expect(partRunId('rq-1', caseless([batch.key, rest].join('/')))).toBe(
          partRunId('rq-1', before.group(of)),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe('several kinds', () => {
  const kinds = new RuntimeKinds([...KINDS.all, memoryKind(new MemoryRuntimes())]);
  const [first] = KINDS.all;

  it('tell whose an id is', () => {
    const id = memoryId('attic', 'etl');
    expect(kinds.parse(id.id)).toEqual(id);
    expect(kinds.named(id.kind).words.portal).toBe('the library');
    expect(kinds.parse('/nowhere')).toBeUndefined();
    expect(kinds.resembles('places/attic')).toBe(true);
    expect(() => kinds.named('none')).toThrow('none');
  });

  it('take the first one where the configuration names none', () => {
    expect(kinds.pattern({ name: 'etl' }).kind).toBe(first.name);
    expect(kinds.pattern({ kind: 'memory', place: 'attic' }).text).toBe('attic/*');
  });

  it('have no pattern in common', () => {
    const anything = kinds.pattern({});
    expect(anything.overlaps(memoryPattern('*'))).toBe(false);
    expect(memoryPattern('*').overlaps(anything)).toBe(false);
    expect(anything.matches(memoryId('attic', 'etl'))).toBe(false);
  });

  it('say in one sentence how ids look', () => {
    expect(kinds.id).toContain(', or the path of a shelf');
    expect(kinds.nameShape).toMatch(/, or place\/shelf$/);
  });
});
