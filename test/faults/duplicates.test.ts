import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AppRecordOperation } from '../../src/domain/records/appRecord.js';
import type { CredentialOperation } from '../../src/domain/records/credentialRecord.js';
import type { ProfileOperation } from '../../src/domain/records/profileRecord.js';
import type { RecordOperation } from '../../src/domain/records/runtimeOperations.js';
import { launchShared } from '../integration/app/cloudPool.js';
import { casesOf, type DuplicateCase, isBad, observe, runCase, wrongIn } from './duplicates/cases.js';
import { enabling } from './duplicates/enablementScenarios.js';
import { expiring, external, untagged } from './duplicates/externalScenarios.js';
import { text } from './duplicates/messages.js';
import { type Message, REPETITIONS } from './duplicates/repetitions.js';
import { rotating, straggling, throttled } from './duplicates/rotationScenarios.js';
import type { DuplicateScenario } from './duplicates/scenario.js';
import type { ScenarioCloud, ScenarioReport } from './duplicates/scenarioCloud.js';
import { SCENARIOS } from './duplicates/scenarios.js';
import { observing, sweeping, unsent } from './duplicates/sweepScenarios.js';
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

type Kind = Message['kind'];
type Way = (typeof REPETITIONS)[Kind][number];

/** Each way in which a message of each kind may come twice. */
const WAYS = (Object.keys(REPETITIONS) as Kind[]).flatMap((kind) =>
  REPETITIONS[kind].map((way) => ({ kind, way })),
);

/**
 * The scenarios that are run here with messages of these kinds that come twice, each in a way of its own: `npm run faults`
 * runs all cases. What is left of the ways goes to the scenario that takes the least time.
 */
const SAMPLE: ReadonlyMap<DuplicateScenario, readonly Kind[]> = new Map([
  [enabling, ['continueAsNew']],
  [rotating, ['entity', 'activity', 'child']],
  [throttled, ['continueAsNew']],
  [straggling, ['child']],
  [external, ['continueAsNew']],
  [expiring, ['entity']],
  [untagged, ['continueAsNew', 'activity']],
  [sweeping, ['continueAsNew', 'episode']],
  [unsent, ['entity']],
]);
const REST = observing;

/** Which ways are taken by which scenario. */
function waysOf(): ReadonlyMap<DuplicateScenario, readonly { kind: Kind; way: Way }[]> {
  const left = [...WAYS];
  const taken = [...SAMPLE].map(([scenario, kinds]) => {
    const own = kinds.flatMap((wanted) => {
      const place = left.findIndex(({ kind }) => kind === wanted);
      return left.splice(place, place === -1 ? 0 : 1);
    });
    return [scenario, own] as const;
  });
  return new Map([...taken, [REST, left]]);
}

interface Registry {
  readonly orchestrations: Readonly<Record<string, string>>;
  readonly activities: Readonly<Record<string, string>>;
  readonly entities: Readonly<Record<string, string>>;
}

const sent = new Map<DuplicateScenario, readonly Message[]>();
const reports: { readonly faultCase: DuplicateCase; readonly report: ScenarioReport }[] = [];

beforeAll(async () => {
  const ways = waysOf();
  await sideBySide(
    SCENARIOS,
    DEFAULT_WORKERS,
    { open: async () => undefined, close: async () => undefined },
    async (scenario) => {
      const play = async (all: readonly Message[], cloud: ScenarioCloud) => {
        for (const [index, { kind, way }] of (ways.get(scenario) ?? []).entries()) {
          const [repetition, how] = way;
          const those = all.filter((message) => message.kind === kind);
          const message = those[index % those.length];
          if (!message) throw new Error(`${scenario.name} sends no ${kind} that could come ${repetition}.`);
          const faultCase = { scenario, message, repetition, how };
          reports.push({ faultCase, report: await runCase(faultCase, cloud) });
        }
      };
      // In processes that other tests have used: to start one for each scenario takes longer than the scenario.
      sent.set(scenario, await observe(scenario, play, { launch: launchShared }));
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

  it('breaks no rule and changes no end, whatever comes twice in whichever way', () => {
    const played = reports.map(({ faultCase }) => `${faultCase.message.kind} ${faultCase.repetition}`);
    expect(played.sort()).toEqual(WAYS.map(({ kind, way: [repetition] }) => `${kind} ${repetition}`).sort());

    const broken = reports
      .filter(({ report }) => isBad(report))
      .map(({ faultCase, report }) => `${nameOf(faultCase)}: ${wrongIn(report)}`);
    expect(broken).toEqual([]);
    expect(reports.filter(({ report }) => report.doubled > 0).length).toBeGreaterThan(WAYS.length / 2);
  });
});
