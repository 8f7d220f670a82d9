import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { READY, type ReadyLine } from '../../../local/ready.js';
import { buildStub, stubClouds } from './stub.js';

interface Shown {
  readonly appEntry: string;
  readonly environment: Record<string, string>;
}

let main: string;
beforeAll(async () => {
  main = await buildStub('launch');
});
const clouds = stubClouds(() => main);
afterEach(() => clouds.cleanUp());

describe('a launched local cloud', () => {
  it("gives the app production's environment and nothing stray", async () => {
    const outer = {
      PATH: process.env['PATH'],
      HTTP_PROXY: 'http://elsewhere:1',
      all_proxy: 'http://elsewhere:2',
      AZURE_CLIENT_SECRET: 'stray',
      AIRLOCK_OTHER: 'stray',
    };
    const { ready, client } = await clouds.launch({ environment: outer, settings: { AIRLOCK_X: 'y' } });
    const shown: Shown = JSON.parse(await (await client.functions('/anything')).text());
    expect(shown).toMatchObject({ authorized: true, systemKey: ready.systemKey });
    expect(shown.appEntry).toMatch(/\/dist\/main\.js$/);
    expect(shown.environment).toEqual({
      NODE_EXTRA_CA_CERTS: ready.ca,
      IDENTITY_ENDPOINT: ready.identityEndpoint,
      IDENTITY_HEADER: ready.identityHeader,
      AIRLOCK_CONFIG_FILE: expect.stringMatching(/local\/sample\/airlock\.yaml$/),
      AIRLOCK_HTTP_AUTH: 'functionKey',
      AIRLOCK_SIGNING_KEY: expect.stringMatching(/^.{32,}$/),
      AIRLOCK_PURGE_SCHEDULE: '0 30 3 * * *',
      AIRLOCK_SWEEP_SCHEDULE: '0 15 4 * * *',
      AIRLOCK_X: 'y',
    });
  });

  it('keeps what the app prints off stdout, and in its log', async () => {
    const lines: string[] = [];
    const { client } = await clouds.launch({ onLog: (line) => lines.push(line) });
    await client.functions('/print');
    expect(await client.logs()).toMatchObject([{ n: 1, from: 'app', line: 'logged by the app' }]);
    await client.waitFor('the lines on stderr', async () =>
      lines.includes('printed by the app') && lines.includes('logged by the app') ? true : undefined,
    );
  });

  it('ends cleanly and removes its temporary folder', async () => {
    const { ready, stop } = await clouds.launch();
    const folder = dirname(dirname(dirname(ready.ca)));
    expect(existsSync(folder)).toBe(true);
    expect(await stop()).toBe(0);
    expect(existsSync(folder)).toBe(false);
    await expect(fetch(ready.control)).rejects.toThrow();
  });

  it('ends when the control API is asked to', async () => {
    const { client, exit } = await clouds.launch();
    await client.shutdown();
    expect(await exit).toEqual({ code: 0, signal: null });
  });
});

describe('a state folder', () => {
  it('is the same cloud again after a clean end, clock included', async () => {
    const state = clouds.folder();
    const first = await clouds.launch({ state, clock: 'virtual' });
    await first.client.createRuntime({ name: 'etl' });
    await first.client.run();
    const before = await first.client.clock();
    const runtimes = await first.client.runtimes();
    expect(runtimes).toMatchObject([{ name: 'etl', state: 'Started' }]);
    await first.stop();

    const second = await clouds.launch({ state, clock: 'virtual' });
    expect(second.ready).toEqual(first.ready);
    expect(await second.client.clock()).toEqual(before);
    expect(await second.client.runtimes()).toEqual(runtimes);
  });

  it('goes on after a kill with what was acknowledged, pending deliveries included', async () => {
    const state = clouds.folder();
    const first = await clouds.launch({ state, clock: 'virtual' });
    await first.client.addFault({
      match: { operation: 'events.deliver' },
      action: { kind: 'drop' },
      times: 1,
    });
    const created = await first.client.createRuntime({ name: 'etl' });
    await first.kill();

    const second = await clouds.launch({ state, clock: 'virtual' });
    expect(created.status).toBe(200);
    expect(await second.client.runtimes()).toMatchObject([{ name: 'etl' }]);
    await second.client.run();
    const deliveries = await second.client.ledger({ service: 'eventGrid' });
    expect(deliveries.map(({ operation }) => operation)).toEqual(['events.failed', 'events.delivered']);
    expect(await second.client.stats()).toEqual({ events: 1 });
  });

  it('dies where a fault says so, with the effect on disk and the answer lost', async () => {
    const state = clouds.folder();
    const first = await clouds.launch({ state });
    await first.client.addFault({
      match: { operation: 'integrationRuntimes.createOrUpdate' },
      action: { kind: 'crash' },
      times: 1,
    });
    await expect(first.client.createRuntime({ name: 'etl' })).rejects.toThrow();
    expect(await first.exit).toEqual({ code: null, signal: 'SIGKILL' });
    const second = await clouds.launch({ state });
    expect(await second.client.runtimes()).toMatchObject([{ name: 'etl' }]);
    // The fault has been counted: it does not strike again.
    expect((await second.client.createRuntime({ name: 'other' })).status).toBe(200);
  });

  it('holds secrets in its cloud half only', async () => {
    const state = clouds.folder();
    const { client, ready, stop } = await clouds.launch({ state });
    const token = await client.token('portalUser', 'https://vault.azure.net');
    const path = '/secrets/airflow-sp?api-version=7.5';
    const answer = await client.azure(ready.vaults[0] ?? '', path, {}, token);
    const { value } = answer.json() as { value: string };
    await client.createRuntime({ name: 'etl' });
    await stop();
    const generation = readFileSync(join(state, 'current'), 'utf8').trim();
    const half = (name: string) => readFileSync(join(state, name, `snapshot-${generation}.json`), 'utf8');
    expect(value.length).toBeGreaterThan(20);
    expect(half('cloud')).toContain(value);
    expect(half('host')).not.toContain(value);
    expect(half('host')).not.toContain(ready.functionKey);
  });
});

describe('the command line', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function start(...args: string[]) {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
    const ready = () =>
      new Promise<ReadyLine>((resolve, reject) => {
        const look = () => {
          if (output.stdout.includes('\n')) resolve(READY.parse(JSON.parse(output.stdout)));
        };
        child.stdout.on('data', look);
        void exit.then(() => reject(new Error(output.stderr)));
      });
    return { child, output, exit, ready };
  }

  it('prints one line on stdout, and ends with 0 on Ctrl-C', async () => {
    const { child, output, exit, ready } = start('--port', '0', '--event-schema', 'cloudEvents');
    const line = await ready();
    expect((await fetch(line.functions)).status).toBe(200);
    child.kill('SIGINT');
    expect(await exit).toBe(0);
    expect(output.stdout.trim().split('\n')).toHaveLength(1);
  });

  it('leaves nothing running when it is killed', async () => {
    const { child, ready } = start('--port', '0');
    const line = await ready();
    child.kill('SIGKILL');
    const isUp = () =>
      fetch(line.functions).then(
        () => true,
        () => false,
      );
    // It resolves only when nothing is left; the test's own time limit is the failure.
    while (existsSync(line.ca) || (await isUp())) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it.each([
    [['--prot', '1'], /Unknown option '--prot'/],
    [['--port', 'http'], /--port takes a whole number from 0 to 65535, not "http"/],
    [['--clock', 'toString'], /--clock takes real or virtual, not "toString"/],
    [['--setting', 'X'], /--setting takes NAME=VALUE/],
    [['file'], /Unexpected argument 'file'/],
  ])('explains %j', async (args, message) => {
    const { output, exit } = start(...args);
    expect(await exit).toBe(2);
    expect(output.stderr).toMatch(message);
    expect(output.stderr).toContain('Usage:');
    expect(output.stdout).toBe('');
  });

  it('says which file is missing', async () => {
    const { output, exit } = start('--port', '0', '--app', 'no/such/main.js');
    expect(await exit).toBe(1);
    expect(output.stderr.trim()).toBe('--app names no/such/main.js, which does not exist.');
  });

  it('says which port is taken and what to do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { output, exit } = start('--port', String(port));
    expect(await exit).toBe(1);
    expect(output.stderr).toContain(`Port ${port} on 127.0.0.1 is taken. Stop what listens there`);
    server.close();
  });

  it('shows its flags', async () => {
    const { output, exit } = start('--help');
    expect(await exit).toBe(0);
    expect(output.stdout).toContain('--runtime-start-seconds');
  });
});
