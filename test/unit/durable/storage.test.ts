import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSecrets } from '../../durable/storage.js';

const VALUE = 'Xy38Q~a-value-that-nobody-may-see';
const message = JSON.stringify({ input: `{"password":"${VALUE}"}` });

describe('secrets in the storage account', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'airlock-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['as they are', Buffer.from(message)],
    ['in base64', Buffer.from(`<MessageText>${Buffer.from(message).toString('base64')}</MessageText>`)],
    ['compressed', gzipSync(message)],
    ['compressed, between other blobs', Buffer.concat([gzipSync('one'), gzipSync(message), gzipSync('two')])],
    ['compressed, in base64', gzipSync(Buffer.from(message).toString('base64'))],
  ])('are found %s', (_, bytes) => {
    writeFileSync(join(folder, 'extent'), bytes);

    expect(findSecrets(folder, [VALUE])).toEqual([expect.stringContaining(join(folder, 'extent'))]);
  });

  it('are not found where they are not', () => {
    writeFileSync(join(folder, 'extent'), Buffer.concat([Buffer.from('Xy38Q~another'), gzipSync('nothing')]));

    expect(findSecrets(folder, [VALUE])).toEqual([]);
  });
});
