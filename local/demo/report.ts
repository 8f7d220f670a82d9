/** What is said after a run: the plan, the proof, the deliveries, the calls. */
import type { Plan } from '../../src/domain/runs/plan.js';
import type { LedgerEntry } from '../kernel/types.js';
import { PRINCIPALS } from '../sample/names.js';
import type { ShownRun } from './follow.js';

const SIGNS = { add: '+', change: '~', keep: '=' } as const;

/** The plan, one line a setting. */
export function planLines(plan: Plan): string[] {
  return plan.settings.map(({ kind, setting, where, before, after, why }) => {
    const values = [before, after].filter((value) => value !== undefined);
    const shown = values.length > 0 ? ` ${values.join(' → ')}` : kind === 'keep' ? '' : ' (secret)';
    return `${SIGNS[kind]} ${where}: ${setting}${shown}   # ${why}`;
  });
}

export function proofLines({ proof, plan }: ShownRun): string[] {
  if (!proof) return [];
  return [
    `Airflow ${proof.airflowVersion ?? '?'}, DAG run ${proof.dagRunId}`,
    'the worker read the canary through the Key Vault back end and answered HMAC-SHA-256(canary, nonce) rightly',
    `it carries credential ${plan?.credential.credentialId ?? '?'}`,
  ];
}

/** What Event Grid delivered to the app. */
export function deliveryLines(ledger: readonly LedgerEntry[]): string[] {
  return ledger
    .filter(({ service, operation }) => service === 'eventGrid' && operation === 'events.delivered')
    .map(
      ({ at, subject, status }) =>
        `${at.slice(11, 19)}  ${(subject ?? '').split('/').slice(-2).join('/')} → ${status ?? ''}`,
    );
}

/** How many calls it took, by service and operation: the app's own, and those of Airflow's worker. */
export function callLines(ledger: readonly LedgerEntry[]): string[] {
  const counts = new Map<string, number>();
  for (const { service, operation, status, caller } of ledger) {
    const byPortal = caller === PRINCIPALS.portalUser;
    if (status === undefined || byPortal || !['arm', 'vault', 'entra', 'airflow'].includes(service)) continue;
    const key = `${service} ${operation}${status === 401 && service === 'vault' ? ' (challenge)' : ''}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, count]) => `${String(count).padStart(4)}  ${key}`);
}
