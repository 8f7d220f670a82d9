/** What a preflight finds: one row a thing that was looked at. References and commands, never a value. */
import type { CallFailure } from '../problems/callResult.js';
import type { Problem } from '../problems/problem.js';
import type { RunOutcome } from '../runs/outcomes.js';
import type { TrailEntry } from '../runs/runs.js';

/** `unknown`: it could not be looked at from here; the note says why. */
type RowStatus = 'ok' | 'missing' | 'unknown';

export interface PreflightRow {
  readonly status: RowStatus;
  /** What was looked at: an operation, a permission, a secret, a DAG. */
  readonly what: string;
  /** Resource id, vault and secret, application or runtime. */
  readonly where: string;
  /** What needs it. */
  readonly why: string;
  /** What was found, where that is more than the status says. */
  readonly note?: string;
  /** What fixes it: a command, or a sentence. */
  readonly remedy?: string;
}

export interface PreflightReport {
  /** Who looked: ids as the token tells them, or what is known of them. */
  readonly identity: string;
  readonly rows: readonly PreflightRow[];
}

/** Output of the orchestration `preflight`. */
export interface PreflightResult {
  readonly outcome: RunOutcome;
  readonly summary: string;
  readonly problem?: Problem;
  readonly identity?: string;
  readonly rows: readonly PreflightRow[];
  readonly changed: false;
  readonly trail: readonly TrailEntry[];
}

/** How a preflight ends: `prepared` where nothing is missing. */
export function outcomeOf(rows: readonly PreflightRow[]): 'prepared' | 'unprepared' {
  return rows.some(({ status }) => status === 'missing') ? 'unprepared' : 'prepared';
}

/** The report in one sentence. */
export function summaryOf(rows: readonly PreflightRow[]): string {
  const count = (status: RowStatus) => rows.filter((row) => row.status === status).length;
  const unknown = count('unknown');
  return `${count('ok')} ok, ${count('missing')} missing${unknown > 0 ? `, ${unknown} not seen from here` : ''}.`;
}

/** The row of a call that did not go through. */
export function rowOfFailure(
  row: Pick<PreflightRow, 'what' | 'where' | 'why'>,
  failure: CallFailure,
): PreflightRow {
  if (failure.kind === 'retry') {
    return { ...row, status: 'unknown', note: `${failure.message}; look again later` };
  }
  const { message, remedy } = failure.problem;
  return { ...row, status: 'missing', note: message, remedy };
}

/** The last name of a resource id; the command below has all of it. */
function shortPlace(where: string): string {
  return where.startsWith('/') ? (where.split('/').at(-1) ?? where) : where;
}

/** The report as a table for people: a line a row, and below each what is missing and what fixes it. */
export function formatReport({ identity, rows }: PreflightReport): string {
  const width = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const whats = width(rows.map(({ what }) => what));
  const lines = rows.flatMap(({ status, what, where, why, note, remedy }) => [
    `${status.padEnd(7)}  ${what.padEnd(whats)}  ${shortPlace(where)}`,
    ...(status === 'ok' ? [] : [`         needed to ${why}`]),
    ...(note === undefined ? [] : [`         ${note}`]),
    ...(remedy === undefined ? [] : [`         → ${remedy}`]),
  ]);
  return [`identity ${identity}`, ...lines, summaryOf(rows)].join('\n');
}
