import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AppRecordOperation } from '../../src/domain/records/appRecord.js';
import type { CredentialOperation } from '../../src/domain/records/credentialRecord.js';
import type { ProfileOperation } from '../../src/domain/records/profileRecord.js';
import type { RecordOperation } from '../../src/domain/records/runtimeOperations.js';
import { casesOf, type DuplicateCase, isBad, observe, runCases, wrongIn } from './duplicates/cases.js';
import { text } from './duplicates/messages.js';
import type { Message } from './duplicates/repetitions.js';
import type { DuplicateScenario } from './duplicates/scenario.js';
import { SCENARIOS } from './duplicates/scenarios.js';
import { nameOf } from './duplicates/table.js';
import { DEFAULT_WORKERS, sideBySide } from './workers.js';

type Kinds<Operation extends { readonly kind: string }> = Readonly<Record<Operation['kind'], true>>;

/** A kind that is missing here does not compile. */
const RUNTIME_OPERATIONS: Kinds<RecordOperation> = {
  begin: true,
  acquireLease: true,
  renew: true,
  finish: true,
};
const CREDENTIAL_OPERATIONS: Kinds<CredentialOperation> = {
  begin: true,
  read: true,
  renew: true,
  advance: true,
  retire: true,
  announce: true,
  finish: true,
};
const APP_OPERATIONS: Kinds<AppRecordOperation> = { keep: true, strike: true, rememberVersion: true };
const PROFILE_OPERATIONS: Kinds<ProfileOperation> = { remember: true };
const RUN_OPERATIONS = ['get', 'cancel', 'decide', 'setOverlap'];

/** So many cases are run here, spread over all of them; `npm run faults` runs all. */
const SAMPLE = 24;

interface Registry {
  readonly orchestrations: Readonly<Record<string, string>>;
  readonly activities: Readonly<Record<string, string>>;
  readonly entities: Readonly<Record<string, string>>;
}

const sent = new Map<DuplicateScenario, readonly Message[]>();

beforeAll(async () => {
  await sideBySide(
    SCENARIOS,
    DEFAULT_WORKERS,
    { open: async () => undefined, close: async () => undefined },
    async (scenario) => {
      sent.set(scenario, await observe(scenario));
      return 'kept';
    },
  );
}, 600_000);

describe('what comes twice in the test cloud', () => {
  it('is every activity, every orchestration and every operation of an entity', () => {
    const file = new URL('../../schema/registry.json', import.meta.url);
    const registry = JSON.parse(readFileSync(file, 'utf8')) as Registry;
    const operations: Readonly<Record<string, readonly string[]>> = {
      runtimeRecord: Object.keys(RUNTIME_OPERATIONS),
      credentialRecord: Object.keys(CREDENTIAL_OPERATIONS),
      run: RUN_OPERATIONS,
      appRecord: Object.keys(APP_OPERATIONS),
      profileRecord: Object.keys(PROFILE_OPERATIONS),
    };
    const wanted = [
      ...Object.keys(registry.activities).map((name) => `activity ${name}`),
      ...Object.keys(registry.orchestrations).map((name) => `episode ${name}`),
      ...Object.keys(registry.entities).flatMap((name) =>
        (operations[name] ?? ['an operation']).map((kind) => `entity ${name.toLowerCase()} ${kind}`),
      ),
    ];
    const covered = new Set(casesOf(sent).map(({ message }) => text(message)));

    expect(wanted.filter((one) => !covered.has(one))).toEqual([]);
  });

  it('breaks no rule and changes no end, in a sample', { timeout: 1_200_000 }, async () => {
    const all = casesOf(sent);
    const sample = all.filter((_, index) => index % Math.ceil(all.length / SAMPLE) === 0);
    const broken: string[] = [];
    const doubled: DuplicateCase[] = [];
    await runCases(sample, DEFAULT_WORKERS, (faultCase, report) => {
      if (isBad(report)) broken.push(`${nameOf(faultCase)}: ${wrongIn(report)}`);
      if (report.doubled > 0) doubled.push(faultCase);
    });

    expect(broken).toEqual([]);
    expect(doubled.length).toBeGreaterThan(SAMPLE / 2);
  });
});
