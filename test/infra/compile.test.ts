import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotPossible } from '../notPossible.js';
import { unpackCompiler } from './compile/find.js';
import { brokenRules } from './rules.js';

const NUPKG = zipSync({ 'tools/bicep': strToU8('the compiler'), 'tools/bicep.xml': strToU8('<doc />') });
const hashOf = (bytes: Uint8Array) => createHash('sha512').update(bytes).digest('base64');

describe('the compiler from NuGet', () => {
  let folder: string;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'airlock-nuget-'));
    server = createServer((request, response) => {
      response.statusCode = request.url === '/bicep.nupkg' ? 200 : 404;
      response.end(response.statusCode === 200 ? NUPKG : '');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('is taken out of its package, and can be run', async () => {
    const file = join(folder, '1.0.0', 'bicep');
    await unpackCompiler({ url: `${url}/bicep.nupkg`, hash: hashOf(NUPKG) }, file);

    expect(readFileSync(file, 'utf8')).toBe('the compiler');
    expect(statSync(file).mode & 0o111).not.toBe(0);
    expect(readdirSync(join(folder, '1.0.0'))).toEqual(['bicep']);
  });

  it('is not taken out of another package than the pinned one', async () => {
    const other = hashOf(strToU8('another'));
    const unpacked = unpackCompiler({ url: `${url}/bicep.nupkg`, hash: other }, join(folder, 'bicep'));

    await expect(unpacked).rejects.toThrow(`has the SHA-512 ${hashOf(NUPKG)}, not ${other}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is missed in words where there is none', async () => {
    const unpacked = unpackCompiler({ url: `${url}/gone.nupkg`, hash: '' }, join(folder, 'bicep'));

    await expect(unpacked).rejects.toThrow(NotPossible);
    await expect(unpacked).rejects.toThrow('NuGet gave none (it answered 404)');
  });
});

describe("the project's rules", () => {
  it.each([
    ['param vaults array', 'array-without-type'],
    ['param vaults array = []', 'array-without-type'],
    ['output ids array = [for one in vaults: one.id]', 'array-without-type'],
    ['  secrets: array', 'array-without-type'],
    [`  for (vault, i) in vaults: {\n    name: 'vault-\${i}'`, 'name-by-position'],
    [`  for (vault, n) in vaults: {\n    name: 'vault-\${uniqueString(string(n))}'`, 'name-by-position'],
  ])('are broken by %j', (text, rule) => {
    const lines = text.split('\n').length;

    expect(brokenRules([{ path: 'main.bicep', text: `// What it is.\n${text}\n` }])).toEqual([
      expect.stringMatching(`^infra/main\\.bicep\\(${lines + 1}\\) : ${rule}: `),
    ]);
  });

  it.each([
    'param vaults operatorVault[]',
    "// An array.\nvar array = ['a']",
    `  for (vault, i) in vaults: {\n    name: 'vault-\${vault.name}'\n    params: { index: i }`,
  ])('are kept by %j', (text) => {
    expect(brokenRules([{ path: 'main.bicep', text }])).toEqual([]);
  });
});
