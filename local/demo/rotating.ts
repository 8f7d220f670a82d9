/** Parts of the demonstration: rotations. */
import type { LocalClient } from '../client.js';
import { create } from './enabling.js';
import { expectEnd, firstRunOn, follow, startRun, timeOfDay } from './follow.js';
import type { Screen } from './screen.js';

const ROTATE = { action: 'rotate', credential: 'airflow-sp', force: true };

/** One rotation over five runtimes, with its overlap. */
export async function rotating(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('4. The client secret is rotated across five runtimes');
  await create(client, screen, 'mlops');
  expectEnd(await follow(client, screen, () => firstRunOn(client, 'mlops')), 'enabled');
  screen.text('');
  await ask(
    client,
    screen,
    'somebody asks for a rotation over HTTP (30 days before the expiry it starts by itself)',
  );
  const id = await startRun(client, ROTATE);
  let shown = false;
  const run = await follow(
    client,
    screen,
    async () => id,
    async ({ overlapUntil }) => {
      if (shown || !overlapUntil) return;
      shown = true;
      screen.text(
        `\n  The overlap, until ${overlapUntil.slice(0, 16)}: both keys are valid, every runtime has the new one.`,
      );
      screen.lines(await holdings(client));
      screen.text('');
    },
  );
  expectEnd(run, 'rotated');
  screen.good(run.summary ?? '');
  screen.text('\n  Afterwards:');
  screen.lines(await holdings(client));
}

/** A rotation whose pilot fails: its check DAG breaks after the write. What is broken before is no pilot. */
export async function rollingBack(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('5. Another rotation, but the pilot’s check DAG breaks');
  const behave = (behaviour: 'fails' | 'normal') =>
    client.setAirflow('etl', { dags: { airlock_check: { behaviour } } });
  // The run that looks once more behind a rotation has the credential for a moment: whoever asks meanwhile is told `busy`.
  await client.run({ maxSeconds: 60 });
  await ask(client, screen, 'somebody asks for a rotation');
  const since = (await client.ledger()).at(-1)?.n ?? 0;
  const id = await startRun(client, ROTATE);
  let broken = false;
  const run = await follow(
    client,
    screen,
    async () => id,
    async ({ step }) => {
      if (step?.name === 'roll back') await behave('normal');
      if (broken || !(await isWritten(client, 'etl', since))) return;
      broken = true;
      await behave('fails');
      await ask(
        client,
        screen,
        'somebody breaks the check DAG of etl, which restarts with the new credential',
      );
    },
  );
  expectEnd(run, 'rolledBack', 'pilotFailed');
  screen.bad(run.summary ?? '');
  screen.text(`  ${run.problem?.remedy ?? ''}`);
  screen.text('\n  What was minted is gone, and every runtime has what it had:');
  screen.lines(await holdings(client));
}

/** Whether somebody has written to a runtime since this entry of the ledger. */
async function isWritten(client: LocalClient, name: string, since: number): Promise<boolean> {
  const writes = await client.ledger({ operation: 'integrationRuntimes.createOrUpdate', since });
  return writes.some(({ subject, status }) => status !== undefined && subject?.endsWith(`/${name}`));
}

async function ask(client: LocalClient, screen: Screen, what: string): Promise<void> {
  screen.act(timeOfDay((await client.clock()).now), what);
}

/** What the directory holds, and which of it each runtime has. */
async function holdings(client: LocalClient): Promise<string[]> {
  const keys = await client.passwords('airflow');
  const runtimes = await client.runtimes();
  return [
    ...keys.map(
      ({ keyId, displayName, endDateTime }) =>
        `key ${keyId}  ${displayName ?? ''}, ends ${endDateTime.slice(0, 10)}`,
    ),
    ...runtimes.map(({ name, marker }) => `runtime ${name.padEnd(8)} has ${marker ?? 'none'}`),
  ];
}
