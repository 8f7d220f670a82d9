import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readHostJson } from '../../../local/runner/hostJson.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-host-json-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads the host.json of a folder above the entry point', () => {
  mkdirSync(join(folder, 'dist'));
  const versions = { defaultVersion: '2.0', versionMatchStrategy: 'Strict', versionFailureStrategy: 'Fail' };
  const durableTask = { ...versions, storageProvider: { workItemQueueVisibilityTimeout: '00:01:30' } };
  writeFileSync(
    join(folder, 'host.json'),
    JSON.stringify({ version: '2.0', functionTimeout: '01:02:03', extensions: { durableTask } }),
  );

  expect(readHostJson(join(folder, 'dist', 'main.js'))).toMatchObject({
    functionTimeout: 3723,
    workItemHiddenSeconds: 90,
    versions,
  });
});

it('goes by the defaults where the file says nothing', () => {
  writeFileSync(join(folder, 'host.json'), '{"version":"2.0"}');

  expect(readHostJson(join(folder, 'main.js'))).toEqual({
    functionTimeout: 1800,
    workItemHiddenSeconds: undefined,
    versions: {},
  });
});
