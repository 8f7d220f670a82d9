/** Scenes of rotations. */
import type { LocalClient } from '../client.js';
import { create } from './enabling.js';
import { expectEnd, firstRunOn, follow, startRun, timeOfDay } from './follow.js';
import type { Screen } from './screen.js';

const ROTATE = { action: 'rotate', credential: 'airflow-sp', force: true };

/** One rotation over three runtimes, with its overlap. */
export async function rotating(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('3. The client secret is rotated across three runtimes');
  await create(client, screen, 'ml');
  expectEnd(await follow(client, screen, () => firstRunOn(client, 'ml')), 'enabled');
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

/** A rotation whose pilot fails. */
export async function goingBack(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('4. Another rotation, but the pilot’s check DAG is broken');
  await client.setAirflow('etl', { dags: { airlock_check: { behaviour: 'fails' } } });
  await ask(client, screen, 'somebody breaks the check DAG of etl; then a rotation is asked for');
  const id = await startRun(client, ROTATE);
  const run = await follow(
    client,
    screen,
    async () => id,
    async ({ step }) => {
      if (step?.name === 'go back')
        await client.setAirflow('etl', { dags: { airlock_check: { behaviour: 'normal' } } });
    },
  );
  expectEnd(run, 'rolledBack', 'pilotFailed');
  screen.bad(run.summary ?? '');
  screen.text(`  ${run.problem?.remedy ?? ''}`);
  screen.text('\n  What was minted is gone, and every runtime has what it had:');
  screen.lines(await holdings(client));
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
