/** Configurations of the test cloud: the sample environment's with short limits, so that a rotation is quick, and what differs in it. */
import { readFileSync } from 'node:fs';
import { projectFile } from '../../local/project.js';
import { AS_DEPLOYED } from '../../local/sample/appSettings.js';
import { runtimeId, TOPIC_HOST } from '../../local/sample/names.js';

export const RUNTIMES = ['etl-a', 'etl-b', 'etl-c'] as const;
/** Their resource ids. */
export const RUNTIME_IDS = RUNTIMES.map((name) => runtimeId(name));

const LIMITS = '    limits: { changeableMinutes: 12, readyMinutes: 12, checkMinutes: 12, pollSeconds: 60 }\n';

const WEEKLY =
  '    maintenance: { windows: [{ days: [sat], start: "22:00", end: "04:00", timeZone: UTC }] }\n';

const sample = readFileSync(projectFile('local', 'sample', 'airlock.yaml'), 'utf8')
  .trimEnd()
  .replace('version: 1\n', `version: 1\nevents: { topic: "https://${TOPIC_HOST}/api/events" }\n`);

/** The sample environment's configuration with these lines about its rotation, and about its profile. */
function configured(rotation: readonly string[], profile = ''): string {
  const lines = rotation.map((line) => `      ${line}\n`).join('');
  return `${sample.replace('      strategy: graph\n', lines)}\n${LIMITS}${profile}`;
}

const MINTED = ['strategy: graph', 'overlapHours: 1', 'failureLimitPercent: 40'];

export const TEST_CLOUD_CONFIG = configured(MINTED);

export interface Variant {
  readonly config: string;
  /** Who makes the next credential: the app, or somebody else. */
  readonly strategy: 'graph' | 'external';
  /** No rotation, with every retry, window and overlap, takes longer. */
  readonly longestHours: number;
  readonly rotateBeforeDays: number;
  /** Hour of the day (UTC) at which a scenario begins that waits until the credential is due; absent: any. */
  readonly scenariosBeginAt?: number;
  /** App settings besides the sample environment's. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** As shipped (infra/modules/functionApp.bicep): a sweep every six hours, and an app that knows its own identity. */
export const AS_SHIPPED = {
  AIRLOCK_SWEEP_SCHEDULE: '0 15 */6 * * *',
  ...AS_DEPLOYED,
};

/** What a test cloud may be configured as, by name. */
export const VARIANTS = {
  graph: { config: TEST_CLOUD_CONFIG, strategy: 'graph', longestHours: 60, rotateBeforeDays: 30 },
  /** A person approves before anything is moved. */
  approval: {
    config: configured([...MINTED, 'approval: { before: pilot, deadlineHours: 24, otherwise: stop }']),
    strategy: 'graph',
    longestHours: 96,
    rotateBeforeDays: 30,
  },
  /** A person approves, and then a window is waited for, twice. */
  windows: {
    config: configured(
      [...MINTED, 'rotateBeforeDays: 60', 'approval: { before: pilot, deadlineHours: 72, otherwise: stop }'],
      WEEKLY,
    ),
    strategy: 'graph',
    longestHours: 24 * 24,
    rotateBeforeDays: 60,
    // Whole days after that no window is open, whatever weekday it is: a person's approval is followed by a wait.
    scenariosBeginAt: 12,
    settings: AS_SHIPPED,
  },
  /** A change waits until no task of the runtime is running. */
  drained: {
    config: configured(MINTED, '    maintenance: { drainMinutes: 30 }\n'),
    strategy: 'graph',
    longestHours: 60,
    rotateBeforeDays: 30,
  },
  external: {
    config: configured(['strategy: external', 'overlapHours: 1', 'failureLimitPercent: 40']),
    strategy: 'external',
    longestHours: 60,
    rotateBeforeDays: 30,
  },
  /** Credentials of 90 days, rotated by the calendar, with the sweeps as shipped. */
  calendar: {
    config: configured([...MINTED, 'validityDays: 90', 'rotateBeforeDays: 30']),
    strategy: 'graph',
    longestHours: 60,
    rotateBeforeDays: 30,
    settings: AS_SHIPPED,
  },
} as const satisfies Readonly<Record<string, Variant>>;

export type VariantName = keyof typeof VARIANTS;

/** The windows of the variant of that name, moved to another day. */
export function withWindowsOn(day: string): string {
  return VARIANTS.windows.config.replace('days: [sat]', `days: [${day}]`);
}
