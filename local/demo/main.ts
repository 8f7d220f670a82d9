/** `npm start`: the automation at work on the embedded local cloud, in virtual time. */
import type { LocalClient } from '../client.js';
import { launchLocalCloud } from '../launch.js';
import { firstRunOn, follow, type ShownRun, timeOfDay } from './follow.js';
import { callLines, deliveryLines, planLines, proofLines } from './report.js';
import { createScreen, type Screen } from './screen.js';

process.exitCode = await main();

async function main(): Promise<number> {
  const screen = createScreen(process.stdout, process.env);
  const log: string[] = [];
  const began = Date.now();
  screen.text('Airlock on its embedded local cloud. Times are virtual; nothing leaves this machine.');
  const cloud = await launchLocalCloud({ port: 0, clock: 'virtual', onLog: (line) => log.push(line) });
  try {
    const start = await cloud.client.clock();
    await enabling(cloud.client, screen);
    await missingRole(cloud.client, screen);
    const end = await cloud.client.clock();
    const minutes = Math.round((Date.parse(end.now) - Date.parse(start.now)) / 60_000);
    screen.good(
      `Done: ${minutes} minutes of the cloud's time in ${((Date.now() - began) / 1000).toFixed(1)} s.`,
    );
    return 0;
  } catch (error) {
    screen.bad(error instanceof Error ? error.message : String(error));
    screen.text('The last lines of the log:');
    screen.lines(log.slice(-20));
    return 1;
  } finally {
    await cloud.stop();
  }
}

async function enabling(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('1. A runtime is created in Data Factory, and nobody does anything');
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
  screen.lines(deliveryLines(await client.ledger()));
  screen.text(
    '\n  Calls that it took (all reads of the runtime but three are looks while it restarts, one a minute):',
  );
  screen.lines(await callLines(client));
}

async function missingRole(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('2. The same, but somebody takes the principal’s role on the vault away after the write');
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
  const id = await startCheck(client, run.target);
  const check = await follow(client, screen, async () => id);
  expectEnd(check, 'accessProven');
  screen.good(check.summary ?? '');
}

async function create(client: LocalClient, screen: Screen, name: string): Promise<void> {
  const { now } = await client.clock();
  const { status } = await client.createRuntime({ name });
  screen.act(
    timeOfDay(now),
    `the portal creates the Airflow runtime ${name}: PUT integrationRuntimes/${name} → ${status}`,
  );
}

async function startCheck(client: LocalClient, runtime: string): Promise<string> {
  const answer = await client.functions('/api/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'demonstration-check' },
    body: JSON.stringify({ action: 'check', runtime }),
  });
  if (answer.status !== 202)
    throw new Error(`POST /api/runs answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

function expectEnd(run: ShownRun, outcome: string, code?: string): void {
  if (run.outcome === outcome && run.problem?.code === code) return;
  const got = `${run.outcome ?? run.status}${run.problem ? ` (${run.problem.code}: ${run.problem.message})` : ''}`;
  throw new Error(
    `The run ${run.id} should have ended as ${outcome}${code ? ` with ${code}` : ''}, it ended as ${got}.`,
  );
}
