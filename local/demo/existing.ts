/** Part of the demonstration: a factory that has runtimes already when the app comes. */
import type { LocalClient } from '../client.js';
import { PRINCIPALS } from '../sample/names.js';
import { create } from './enabling.js';
import { expectEnd, follow, readRun, type ShownRun, startRun, timeOfDay } from './follow.js';
import type { Screen } from './screen.js';

/** What the part reads of a sweep's result. */
type Swept = ShownRun & {
  readonly result?: {
    readonly profiles: readonly {
      readonly runtimes: readonly {
        readonly runtime: string;
        readonly finding: string;
        readonly why?: string;
      }[];
    }[];
  };
};

/** What it reads of the result of a run over a profile. */
type RanOver = ShownRun & {
  readonly result?: { readonly runs: readonly { readonly runId: string; readonly runtime: string }[] };
};

/** Two runtimes are there before the app: they are reported, and a person has them enabled, one first. */
export async function existing(client: LocalClient, screen: Screen): Promise<void> {
  screen.title('1. Two runtimes are there before the app: nothing is written to them until somebody says so');
  await client.setApp({ running: false });
  for (const name of ['orders', 'payments']) await create(client, screen, name);
  await client.run({ maxSeconds: 3600 });
  await client.setApp({ running: true });
  await act(client, screen, 'both are running by now; the app is deployed, and its first sweep looks around');
  const sweep = await startRun(client, { action: 'sweep' });
  expectEnd(await follow(client, screen, async () => sweep), 'swept');
  const { result } = (await readRun(client, sweep)) as Swept;
  screen.lines(
    (result?.profiles[0]?.runtimes ?? []).map(
      ({ runtime, finding, why }) => `${nameOf(runtime)}: ${finding}, ${why ?? ''}`,
    ),
  );
  screen.lines([`writes of the app to runtimes: ${await writes(client)}`]);

  screen.text('');
  await act(client, screen, 'somebody asks over HTTP for all of the profile to be enabled');
  const id = await startRun(client, { action: 'enable', profile: 'default' });
  const run = (await follow(client, screen, async () => id)) as RanOver;
  expectEnd(run, 'enabled');
  for (const { runId, runtime } of run.result?.runs ?? []) {
    const { trail, proof } = await readRun(client, runId);
    const written = trail.find(({ step }) => step === 'write the settings')?.at ?? '';
    screen.lines([
      `${nameOf(runtime)}: written at ${timeOfDay(written)}, access proven at ${timeOfDay(proof?.provenAt ?? '')}`,
    ]);
  }
  screen.good(run.summary ?? '');
}

async function act(client: LocalClient, screen: Screen, what: string): Promise<void> {
  screen.act(timeOfDay((await client.clock()).now), what);
}

function nameOf(runtime: string): string {
  return runtime.split('/').at(-1) ?? '';
}

/** How often the app has written to a runtime. */
async function writes(client: LocalClient): Promise<number> {
  const entries = await client.ledger({ service: 'arm', operation: 'integrationRuntimes.createOrUpdate' });
  return entries.filter(({ caller, status }) => caller === PRINCIPALS.app && status !== undefined).length;
}
