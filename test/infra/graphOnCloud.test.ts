import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../local/project.js';
import { PRINCIPALS } from '../../local/sample/names.js';
import type { PreflightReport } from '../../src/domain/preflight/report.js';
import { requestRun, startCloud, type TestCloud } from '../integration/app/harness.js';
import { rotate, rotationConfig } from '../integration/app/rotationHarness.js';

const exec = promisify(execFile);
const GRAPH = 'graph.microsoft.com';

let cloud: TestCloud;
let server: Server;
let folder: string;

/** Carries out `az rest` as the signed-in person, on the emulated Microsoft Graph. */
async function azRest(args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  const option = (name: string) => args[args.indexOf(name) + 1] ?? '';
  const url = new URL(option('--url'));
  expect([args[0], url.hostname]).toEqual(['rest', GRAPH]);
  const token = await cloud.client.token('portalUser', `https://${GRAPH}`);
  const body = args.includes('--body') ? { body: JSON.parse(option('--body')) as object } : {};
  const call = { method: option('--method'), ...body };
  const { status, text } = await cloud.client.azure(GRAPH, `${url.pathname}${url.search}`, call, token);
  return { ok: status < 300, text };
}

beforeEach(async () => {
  cloud = await startCloud({ configText: rotationConfig() });
  folder = mkdtempSync(join(tmpdir(), 'airlock-az-'));
  copyFileSync(projectFile('test/infra/forwardingAz.mjs'), join(folder, 'az'));
  chmodSync(join(folder, 'az'), 0o755);
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { ok, text } = await azRest(JSON.parse(Buffer.concat(chunks).toString()) as string[]);
    response.writeHead(ok ? 200 : 400).end(text);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
});
afterEach(async () => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
  await cloud.handle.stop();
});

/** Runs graph.mjs for the app's identity; gives its lines. */
async function script(...more: string[]): Promise<readonly string[]> {
  const claims = (await cloud.client.token('app', `https://${GRAPH}`)).split('.')[1] ?? '';
  const { oid } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { oid: string };
  const { port } = server.address() as AddressInfo;
  const env = {
    ...process.env,
    FORWARD_TO: `http://127.0.0.1:${port}`,
    PATH: `${folder}${delimiter}${process.env['PATH']}`,
  };
  const file = projectFile('infra/scripts/graph.mjs');
  const config = ['--config', projectFile('local/sample/airlock.yaml'), '--principal', oid];
  const { stdout } = await exec(process.execPath, [file, ...config, ...more], { env });
  return stdout.trim().split('\n');
}

describe("graph.mjs on the local cloud's Microsoft Graph", () => {
  it('grants what a rotation needs, says so, and does nothing the second time', async () => {
    const { client } = cloud;
    await client.setGraph({ principal: 'app', permission: 'Application.ReadWrite.OwnedBy', grant: false });
    await client.setGraph({ principal: 'app', owns: 'airflow', grant: false });
    for (const permission of ['AppRoleAssignment.ReadWrite.All', 'Application.ReadWrite.All'] as const) {
      await client.setGraph({ principal: 'portalUser', permission, grant: true });
    }
    const since = (await client.ledger()).at(-1)?.n ?? 0;
    const changes = async () =>
      (await client.ledger({ service: 'graph', since })).filter(({ operation }) =>
        /grant|add/.test(operation),
      );

    const planned = await script('--dry-run');
    expect([planned.map((line) => line.slice(0, 11)), await changes()]).toEqual([
      ['would grant', 'would grant'],
      [],
    ]);
    const granted = await script();
    const again = await script();

    expect(granted).toEqual([
      expect.stringMatching(/^granted {5}Application\.ReadWrite\.OwnedBy for /),
      `granted     owner of ${granted[1]?.split(' owner of ')[1]}`,
    ]);
    expect(granted[1]).toContain(PRINCIPALS.airflow);
    expect(again.every((line) => line.startsWith('exists '))).toBe(true);
    expect((await changes()).map(({ operation }) => operation)).toEqual([
      'appRoleAssignments.grant',
      'applications.addOwner',
    ]);

    const { result } = (await requestRun(client, { action: 'preflight' })) as unknown as {
      result: PreflightReport;
    };
    expect(result.rows.filter(({ status }) => status === 'missing')).toEqual([]);
    expect((await rotate(cloud)).outcome).toBe('rotated');
  });

  it('says what Microsoft Graph said to somebody who may not grant', async () => {
    await cloud.client.setGraph({
      principal: 'app',
      permission: 'Application.ReadWrite.OwnedBy',
      grant: false,
    });
    await cloud.client.setGraph({ principal: 'portalUser', permission: 'Application.Read.All', grant: true });

    const { code, stderr } = await script().then(
      () => ({ code: 0, stderr: '' }),
      (error: { code: number; stderr: string }) => error,
    );

    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^refused {5}Application\.ReadWrite\.OwnedBy for .*Authorization_RequestDenied/),
      expect.stringMatching(
        /^ {12}it takes Privileged Role Administrator; let somebody .+ --principal [0-9a-f-]{36}$/,
      ),
    ]);
  });
});
