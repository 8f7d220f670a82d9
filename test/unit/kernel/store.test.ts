import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Snapshot } from '../../../local/kernel/store.js';

const folders: string[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-store-'));
  folders.push(folder);
});
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

function storeOf(take: () => Snapshot) {
  const errors: unknown[] = [];
  const opened = openStore(folder);
  const store = opened.keep(take, (error) => void errors.push(error));
  return { loaded: opened.loaded, store, errors };
}

const reopened = () => openStore(folder).loaded;

describe('the state folder', () => {
  it('is empty at first and then gives back both halves', async () => {
    const { store, loaded } = storeOf(() => ({ cloud: { vault: 1 }, host: { clock: 2 } }));
    expect(loaded).toBeUndefined();
    store.changed();
    await store.flush();
    expect(reopened()).toEqual({ cloud: { vault: 1 }, host: { clock: 2 } });
  });

  it('writes many changes of one turn once, and keeps one generation', async () => {
    let taken = 0;
    const { store } = storeOf(() => {
      taken += 1;
      return { cloud: taken, host: taken };
    });
    for (let i = 0; i < 100; i += 1) store.changed();
    await store.flush();
    expect(taken).toBe(1);
    store.changed();
    await store.flush();
    expect(readdirSync(join(folder, 'cloud'))).toEqual(['snapshot-2.json']);
    expect(readdirSync(join(folder, 'host'))).toEqual(['snapshot-2.json']);
  });

  it('covers with a flush what changed during the write before', async () => {
    let value = 1;
    const { store } = storeOf(() => ({ cloud: value, host: value }));
    store.changed();
    const first = store.flush();
    await new Promise((resolve) => setTimeout(resolve, 1));
    value = 2;
    store.changed();
    await Promise.all([first, store.flush()]);
    expect(reopened()).toEqual({ cloud: 2, host: 2 });
  });

  it('writes a moment at once, also while another write is under way', async () => {
    let value = 1;
    const { store } = storeOf(() => ({ cloud: value, host: value }));
    store.changed();
    await new Promise((resolve) => setTimeout(resolve, 1));
    value = 2;
    store.flushNow();
    expect(JSON.parse(JSON.stringify(reopened()))).toEqual({ cloud: 2, host: 2 });
  });

  it('writes nothing where nothing changed', async () => {
    const { store } = storeOf(() => ({ cloud: 1, host: 1 }));
    await store.flush();
    expect(readdirSync(folder)).not.toContain('current');
  });

  it('tells the file that cannot be read', async () => {
    const { store } = storeOf(() => ({ cloud: 1, host: 1 }));
    store.changed();
    await store.flush();
    writeFileSync(join(folder, 'host', 'snapshot-1.json'), '{');
    expect(() => reopened()).toThrow(/host.snapshot-1\.json cannot be read/);
    writeFileSync(join(folder, 'current'), 'x');
    expect(() => reopened()).toThrow(/current must hold the number/);
  });

  it('tells whoever waits, and otherwise the error handler, that a write failed', async () => {
    const { store, errors } = storeOf(() => {
      throw new Error('no snapshot');
    });
    store.changed();
    await expect(store.flush()).rejects.toThrow('no snapshot');
    expect(errors).toEqual([new Error('no snapshot')]);
  });
});

describe('a kill at any moment', () => {
  /** A process that changes its state as fast as it can and tells on stdout what it has been promised. */
  const writer = (): ChildProcess => {
    const script = join(folder, 'writer.mjs');
    buildSync({
      stdin: {
        contents: `
          import { openStore } from './local/kernel/store.ts';
          let n = 0;
          const filler = 'x'.repeat(200_000);
          const opened = openStore(${JSON.stringify(join(folder, 'state'))});
          n = opened.loaded?.host.n ?? 0;
          const store = opened.keep(
            () => ({ cloud: { n, filler }, host: { n, filler } }),
            (error) => { throw error; },
          );
          for (;;) { n += 1; store.changed(); await store.flush(); process.stdout.write(n + '\\n'); }`,
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile: script,
    });
    return spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  };

  it('leaves a whole snapshot that holds all that a flush promised', async () => {
    const state = join(folder, 'state');
    let promised = 0;
    for (let round = 0; round < 6; round += 1) {
      const child = writer();
      let output = '';
      const enough = 3 + round * 4;
      await new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.stdout?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          // The kill falls at some point of a later write.
          if (output.split('\n').length > enough) setTimeout(() => child.kill('SIGKILL'), round * 1.3);
        });
      });
      const lines = output.split('\n').slice(0, -1);
      promised = Math.max(promised, Number(lines.at(-1)));
      const { loaded } = openStore(state);
      const { cloud, host } = JSON.parse(JSON.stringify(loaded)) as Record<'cloud' | 'host', { n: number }>;
      expect(child.signalCode).toBe('SIGKILL');
      expect(cloud.n).toBe(host.n);
      expect(cloud.n).toBeGreaterThanOrEqual(promised);
      expect(readFileSync(join(state, 'current'), 'utf8')).toMatch(/^\d+\n$/);
    }
    expect(promised).toBeGreaterThan(20);
  });
});
