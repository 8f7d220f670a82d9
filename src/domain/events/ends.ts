/**
 * Every end that needs somebody, how it is told, and which alert is raised. docs/operations.md has a section for each
 * alert; the templates deploy them (infra/filters.json, infra/modules/alerts.bicep).
 */

import type { RunOutcome } from '../runs/outcomes.js';
import type { Notification, NotificationType } from './notifications.js';

/** Alerts that an event of the app raises. */
export const EVENT_ALERTS = ['runFailed', 'debtOutstanding', 'credentialExpiring'] as const;
export type EventAlert = (typeof EVENT_ALERTS)[number];

/** The alert of each type of event; none: it tells what goes as it should. */
export const ALERT_OF: Readonly<Record<NotificationType, EventAlert | undefined>> = {
  'Airlock.RuntimeEnabled.v1': undefined,
  'Airlock.AccessCheckFailed.v1': 'runFailed',
  'Airlock.RunFailed.v1': 'runFailed',
  'Airlock.ExistingRuntimesFound.v1': undefined,
  'Airlock.RotationStarted.v1': undefined,
  'Airlock.RotationWaitingForApproval.v1': undefined,
  'Airlock.RotationStraggler.v1': 'runFailed',
  'Airlock.RotationCompleted.v1': undefined,
  'Airlock.RunInstructed.v1': undefined,
  'Airlock.RotationKeepsFailing.v1': 'runFailed',
  'Airlock.RotationRolledBack.v1': 'runFailed',
  'Airlock.DebtOutstanding.v1': 'debtOutstanding',
  'Airlock.CredentialExpiring.v1': 'credentialExpiring',
};

/** Heading of each alert's section in docs/operations.md. */
export const SECTION_OF: Readonly<Record<EventAlert | 'eventsUnsent', string>> = {
  runFailed: 'Run failed',
  debtOutstanding: 'Debt outstanding',
  credentialExpiring: 'Credential expiring',
  eventsUnsent: 'Events unsent',
};

/** What runs are about. */
export type RunKind = 'runtime' | 'profile' | 'rotation' | 'sweep' | 'preflight';

/** `asked`: whoever asked for the run reads the answer; nothing starts one by itself. */
type Told = NotificationType | 'asked';

/** Ends of runs by which somebody is needed. An outcome that is not there needs nobody, or is none of that kind. */
export const ENDS = {
  runtime: {
    checkFailed: 'Airlock.AccessCheckFailed.v1',
    conflict: 'Airlock.RunFailed.v1',
    ambiguous: 'Airlock.RunFailed.v1',
    notReady: 'Airlock.RunFailed.v1',
    credentialRefused: 'Airlock.RunFailed.v1',
    refused: 'Airlock.RunFailed.v1',
    interrupted: 'Airlock.RunFailed.v1',
  },
  profile: {
    incomplete: 'Airlock.RunFailed.v1',
    refused: 'Airlock.RunFailed.v1',
    interrupted: 'Airlock.RunFailed.v1',
  },
  rotation: {
    rotatedPartly: 'Airlock.RunFailed.v1',
    rolledBack: 'Airlock.RotationRolledBack.v1',
    expiring: 'Airlock.CredentialExpiring.v1',
    refused: 'Airlock.RunFailed.v1',
    interrupted: 'Airlock.RunFailed.v1',
  },
  sweep: {
    interrupted: 'Airlock.RunFailed.v1',
  },
  preflight: {
    unprepared: 'asked',
    refused: 'asked',
    interrupted: 'asked',
  },
} as const satisfies EndsOfRuns;

type EndsOfRuns = { readonly [K in RunKind]: Readonly<Partial<Record<RunOutcome, Told>>> };

/** Whether the end of such a run is told as `Airlock.RunFailed.v1`. */
export function isEmittedAsFailed(kind: RunKind, outcome: RunOutcome): boolean {
  const ends: EndsOfRuns = ENDS;
  return ends[kind][outcome] === 'Airlock.RunFailed.v1';
}

/**
 * The line of the log for an event that raises an alert; nothing for others. Where there is no topic, an alert looks for
 * its beginning.
 */
export function alertLine({ type, subject, data }: Notification): string | undefined {
  const alert = ALERT_OF[type];
  if (alert === undefined) return undefined;
  const why = 'problem' in data && data.problem ? `: ${data.problem.code}` : '';
  return `needs somebody, ${alert}: ${type} about ${subject}${why}, run ${data.runId}`;
}

/** The line of the log for events that have waited for too long; an alert looks for its beginning. */
export function unsentLine(count: number, oldest: string): string {
  return `events unsent: ${count} since ${oldest}`;
}
