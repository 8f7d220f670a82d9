/** Parts of the demonstration: enablements. */
import type { LocalClient } from '../client.js';
import { expectEnd, firstRunOn, follow, startRun, timeOfDay } from './follow.js';
import { callLines, deliveryLines, planLines, proofLines } from './report.js';
import type { Screen } from './screen.js';

/** A runtime is created, and nobody does anything. */
export async function enabling(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('2. A runtime is created in Data Factory, and nobody does anything');
  const before = (await client.ledger()).length;
  await create(client, screen, 'etl');
  const run = await follow(client, screen, () => firstRunOn(client, 'etl'));
  expectEnd(run, 'enabled');
  screen.good(run.summary ?? '');

  screen.text('\n  The plan, as the run shows it (secrets and other people’s values are never in it):');
  if (run.plan) screen.lines(planLines(run.plan));
  screen.text('\n  The proof:');
  screen.lines(proofLines(run));
  await client.run({ maxSeconds: 120 });
  screen.text('\n  What Event Grid delivered (the second is the app’s own write, which starts nothing new):');
  screen.lines(deliveryLines((await client.ledger()).slice(before)));
  screen.text(
    '\n  Calls that it took (all reads of the runtime but three are polls while it restarts, one a minute):',
  );
  screen.lines(callLines((await client.ledger()).slice(before)));
}

/** Somebody takes the principal's role away after the write. */
export async function missingRole(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('3. The same, but somebody takes the principal’s role on the vault away after the write');
  await create(client, screen, 'reports');
  let taken = false;
  const run = await follow(
    client,
    screen,
    () => firstRunOn(client, 'reports'),
    async ({ trail }) => {
      if (taken || !trail.some(({ step }) => step === 'write the settings')) return;
      taken = true;
      await client.setRole({ principal: 'airflow', grant: false });
      screen.act(
        timeOfDay((await client.clock()).now),
        'somebody removes "Key Vault Secrets User" from the principal',
      );
    },
  );
  expectEnd(run, 'checkFailed', 'vaultRoleMissing');
  screen.bad(run.problem?.message ?? '');
  screen.text(`  ${run.problem?.remedy ?? ''}`);

  screen.text('');
  await client.setRole({ principal: 'airflow', grant: true });
  screen.act(
    timeOfDay((await client.clock()).now),
    'the operator does what it says and asks for an access check over HTTP',
  );
  const id = await startRun(client, { action: 'check', runtime: run.target });
  const check = await follow(client, screen, async () => id);
  expectEnd(check, 'accessProven');
  screen.good(check.summary ?? '');
}

/** Creates a runtime as the portal does. */
export async function create(client: LocalClient, screen: Screen, name: string): Promise<void> {
  const { now } = await client.clock();
  const { status } = await client.createRuntime({ name });
  screen.act(
    timeOfDay(now),
    `the portal creates the Airflow runtime ${name}: PUT integrationRuntimes/${name} → ${status}`,
  );
}
