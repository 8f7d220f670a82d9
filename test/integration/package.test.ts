import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enable, startCloud } from './app/harness.js';

const exec = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'airlock-package-'));
const text = new TextDecoder();

let zip: Uint8Array;
let files: Record<string, Uint8Array>;

/** Packs what is built; gives the zip and what the script printed. */
async function pack(
  name: string,
  environment: NodeJS.ProcessEnv,
  ...more: string[]
): Promise<{ zip: Uint8Array; printed: string }> {
  const out = join(folder, name);
  const { stdout } = await exec(process.execPath, ['scripts/package.mjs', '--out', out, ...more], {
    env: { ...process.env, ...environment },
  });
  return { zip: new Uint8Array(readFileSync(join(out, 'airlock-0.1.0.zip'))), printed: stdout };
}

/** Names of modules that the files import or require and the zip does not hold. */
function outsideModules(): string[] {
  const found = new Set<string>();
  for (const [path, content] of Object.entries(files)) {
    if (!path.endsWith('.js')) continue;
    for (const [, name] of text.decode(content).matchAll(/(?:^|[;}\s])(?:import|from)"([^"./][^"]*)"/g)) {
      found.add(name ?? '');
    }
  }
  return [...found].filter((name) => !name.startsWith('node:')).sort();
}

/** Every file that the bundle is made of, as the source maps tell. */
function mappedSources(): string[] {
  return Object.entries(files)
    .filter(([path]) => path.endsWith('.map'))
    .flatMap(([, content]) => (JSON.parse(text.decode(content)) as { sources: string[] }).sources);
}

beforeAll(async () => {
  zip = (await pack('one', { TZ: 'UTC' })).zip;
  files = unzipSync(zip);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('holds the bundled app with its source maps, and neither local cloud nor tests', () => {
    const paths = Object.keys(files);
    const unexpected = paths.filter(
      (path) =>
        !/^(LICENSE|host\.json|package\.json|dist\/(THIRD-PARTY-NOTICES\.txt|(main|chunks\/[\w.-]+)\.js(\.map)?))$/.test(
          path,
        ),
    );
    const sources = mappedSources();

    expect(unexpected).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['host.json', 'package.json', 'dist/main.js.map']));
    expect(sources.some((source) => source.endsWith('src/main.ts'))).toBe(true);
    expect(sources.filter((source) => /(^|\.\.\/)(local|test|bench)\//.test(source))).toEqual([]);
  });

  it('needs no module that is not in it', () => {
    const manifest = JSON.parse(text.decode(files['package.json'])) as Record<string, unknown>;

    expect(manifest).toMatchObject({ name: 'airlock', type: 'module', main: 'dist/main.js' });
    expect(manifest).not.toHaveProperty('dependencies');
    expect(outsideModules().filter((name) => !builtinModules.includes(name))).toEqual([]);
  });

  it('holds its licence, and the licence of every package that the bundle is made of', () => {
    const notices = text.decode(files['dist/THIRD-PARTY-NOTICES.txt']);
    const [list = ''] = notices.split(/^-{80}$/m);
    const named = [...list.matchAll(/^(\S+) \d\S* \([^)]+\)$/gm)].map(([, name]) => name);
    // Two SDKs come bundled themselves, with maps of their own.
    const bundled = mappedSources().flatMap(
      (source) => /(?:.*node_modules|webpack:\/)\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? [],
    );

    expect(text.decode(files['LICENSE'])).toContain('MIT License');
    expect(bundled.length).toBeGreaterThan(100);
    expect([...new Set(named)].sort()).toEqual([...new Set(bundled)].sort());
    expect(notices).not.toContain(process.cwd());
  });

  it('is the same to the byte in another time zone, and says its size', async () => {
    const again = await pack('two', { TZ: 'Pacific/Auckland' });
    const size = (zip.length / 1e6).toFixed(2);

    expect(Buffer.compare(again.zip, zip)).toBe(0);
    expect(again.printed).toContain(`airlock-0.1.0.zip: ${size} MB`);
    expect(zip.length).toBeLessThan(2_500_000);
  });

  it('takes the configuration along where one is given', async () => {
    const { zip: configured } = await pack('three', {}, '--config', 'examples/airlock.yaml');

    expect(text.decode(unzipSync(configured)['airlock.yaml'])).toBe(
      readFileSync('examples/airlock.yaml', 'utf8'),
    );
  });

  it("names the scheduler's hub and connection as the templates do, where that is the back end", async () => {
    const option = await pack('four', {}, '--durable-back-end', 'DurableTaskScheduler');
    const variable = await pack('five', { AIRLOCK_DURABLE_BACK_END: 'DurableTaskScheduler' });
    const host = unzipSync(option.zip)['host.json'];
    const scheduler = readFileSync('infra/modules/scheduler.bicep', 'utf8');
    const app = readFileSync('infra/modules/functionApp.bicep', 'utf8');
    const [, hubName] = /taskHubs@[^{]+\{[^}]*name: '(\w+)'/.exec(scheduler) ?? [];
    const [, connectionStringName = ''] = /__connectionStringName: '(\w+)'/.exec(app) ?? [];

    expect(JSON.parse(text.decode(host))).toMatchObject({
      extensions: {
        durableTask: { hubName, storageProvider: { type: 'azureManaged', connectionStringName } },
      },
    });
    expect(app).toContain(`  ${connectionStringName}: 'Endpoint=`);
    expect(Buffer.compare(variable.zip, option.zip)).toBe(0);
    await expect(pack('six', {}, '--durable-back-end', 'mssql')).rejects.toMatchObject({ code: 2 });
  });

  it('enables a runtime from a folder that holds nothing but it', async () => {
    const app = join(folder, 'unpacked');
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(app, path)), { recursive: true });
      writeFileSync(join(app, path), content);
    }
    const cloud = await startCloud({ app: join(app, 'dist', 'main.js') });
    try {
      const run = await enable(cloud, { name: 'etl' });

      expect(run).toMatchObject({ outcome: 'enabled' });
    } finally {
      await cloud.handle.stop();
    }
  });
});
