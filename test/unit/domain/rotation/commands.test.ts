import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFile } from '../../../../local/project.js';
import type { Azure } from '../../../../src/activities/azure.js';
import { readCredential } from '../../../../src/activities/readCredential.js';
import { entraFailure } from '../../../../src/azure/entra.js';
import { vaultFailure } from '../../../../src/azure/vaultFailure.js';
import type { Credential } from '../../../../src/domain/configuration/credential.js';
import type { CallFailure } from '../../../../src/domain/problems/callResult.js';
import {
  credentialExpiring,
  remainingUnproven,
  targetExpired,
} from '../../../../src/domain/rotation/problems.js';
import { Secret } from '../../../../src/domain/values/secret.js';
import { credentialRefused } from '../../../../src/proofs/challenge/answerProblems.js';

const SECRET = { vault: 'https://ops-one.vault.azure.net', name: 'sp' };
const CREDENTIAL = { name: 'reader', tenantId: 't', clientId: 'c', secret: SECRET } as Credential;
const NAMED = '--vault-name ops-one --name sp';
const NO_SECRET = { vaults: { current: async () => ({ kind: 'missing' }) } } as unknown as Azure;

function remedyOf(failure: CallFailure): string {
  return failure.kind === 'refused' ? failure.problem.remedy : '';
}

const PROOF = { ...CREDENTIAL, secret: new Secret('the-value-of-it') };
const entra = (code: string) => remedyOf(entraFailure(new Error(`AADSTS${code}: no`), PROOF));

describe('a remedy that has a credential written', () => {
  it.each<[of: string, remedy: string, named: boolean]>([
    ['one near its end', credentialExpiring('why', CREDENTIAL).remedy, true],
    ['one that a worker is refused with', credentialRefused('AADSTS7000222', CREDENTIAL).remedy, true],
    ['one that Entra does not take', entra('7000215'), false],
    ['one that has expired', entra('7000222'), false],
    [
      'one that ended before every runtime had it',
      targetExpired('key', 'then', { mints: false }).remedy,
      false,
    ],
    [
      'one that cannot be proven any more',
      remainingUnproven('reader', 'key', { mints: false }, 'why').remedy,
      false,
    ],
  ])('says with which end and which key: %s', (_, remedy, named) => {
    expect(remedy).toMatch(/az keyvault secret set .+ --value … --expires … --tags keyId=… \(end and id/);
    if (named) expect(remedy).toContain(NAMED);
  });

  it.each([
    ['one that ended before every runtime had it', targetExpired('key', 'then', { mints: true })],
    ['one that cannot be proven any more', remainingUnproven('reader', 'key', { mints: true }, 'why')],
  ])('says that the app mints where it does: %s', (_, { remedy }) => {
    expect(remedy).toContain('mints another');
    expect(remedy).not.toContain('az keyvault');
  });

  it('says so of one that is not there', async () => {
    const held = await readCredential(NO_SECRET, CREDENTIAL);

    expect(held).toMatchObject({ problem: { code: 'credentialMissing' } });
    expect(remedyOf(held as CallFailure)).toContain(
      `az keyvault secret set ${NAMED} --value … --expires … --tags keyId=…`,
    );
  });

  it('says so of one that is disabled', () => {
    const failure = vaultFailure({ name: 'x', status: 403, innerCode: 'SecretDisabled' }, SECRET, 'get');

    expect(remedyOf(failure)).toMatch(/new version \(of a credential with --expires … --tags keyId=…\)$/);
  });
});

describe('a command that writes a secret', () => {
  /** Passwords and git credentials have neither end nor key. */
  const OF_OTHER_SECRETS = ['src/domain/rotation/commands.ts'];

  it('leaves out end and key nowhere but for secrets that have none', () => {
    const files = ['README.md', 'docs', 'examples', 'infra', 'src'].flatMap(filesOf);
    const commands = files.flatMap((file) =>
      readFileSync(projectFile(file), 'utf8')
        .split('\n')
        .filter((line) => /keyvault secret set(?!-)/.test(line))
        .map((line) => ({ file, whole: hasEndAndKey(line) })),
    );

    expect(commands.length).toBeGreaterThan(OF_OTHER_SECRETS.length);
    expect(commands.filter(({ whole }) => !whole).map(({ file }) => file)).toEqual(OF_OTHER_SECRETS);
  });
});

function hasEndAndKey(line: string): boolean {
  return /--expires \S+ --tags keyId=|WITH_END_AND_KEY/.test(line);
}

/** The project's files in this folder, or this file itself. */
function filesOf(path: string): string[] {
  if (!statSync(projectFile(path)).isDirectory()) return [path];
  return readdirSync(projectFile(path))
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}
