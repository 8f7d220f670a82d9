import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../../../src/azure/airflow/parseAnswer.js';
import { entraFailure } from '../../../src/azure/entra.js';
import { retryAfterSeconds, serviceError, transientFailure } from '../../../src/azure/failures.js';
import { vaultFailure } from '../../../src/azure/vaultFailure.js';
import { Secret } from '../../../src/domain/values/secret.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const secondsOf = (headers: Record<string, string>) => retryAfterSeconds((name) => headers[name], NOW);

describe('Retry-After', () => {
  it.each([
    [{ 'retry-after': '17' }, 17],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:01:30 GMT' }, 90],
    [{ 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '1500', 'retry-after': '60' }, 2],
    [{ 'x-ms-retry-after-ms': '250' }, 1],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%o', (headers, seconds) => {
    expect(secondsOf(headers as Record<string, string>)).toBe(seconds);
  });

  it('is a number of seconds or nothing, whatever the header', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const seconds = secondsOf({ 'retry-after': text });
        expect(seconds === undefined || seconds >= 0).toBe(true);
      }),
    );
  });
});

describe('an error of an SDK', () => {
  it('is read by its codes, never by its text', () => {
    const error = Object.assign(new Error('the secret is hunter2 (ForbiddenByRbac)'), {
      statusCode: 403,
      code: 'Forbidden',
      details: { error: { innererror: { code: 'ForbiddenByRbac' } } },
    });
    const read = serviceError(error);

    expect(read).toMatchObject({ status: 403, code: 'Forbidden', innerCode: 'ForbiddenByRbac' });
    expect(JSON.stringify(read)).not.toContain('hunter2');
    const failure = vaultFailure(read, { vault: 'https://v-one.vault.azure.net', name: 's' }, 'get');
    expect(failure).toMatchObject({ kind: 'refused', problem: { code: 'vaultRoleMissing' } });
  });

  it.each([
    ['ForbiddenByFirewall', 'blockedByFirewall'],
    ['ForbiddenByPolicy', 'accessPolicyMissing'],
    ['SecretDisabled', 'secretDisabled'],
    // An open list: one that nobody knows is still a 403.
    ['ForbiddenBySomethingNew', 'vaultRoleMissing'],
  ])('is told apart by the inner code as the SDK spells it: %s', (inner, code) => {
    const error = Object.assign(new Error('no'), {
      statusCode: 403,
      code: 'Forbidden',
      details: { error: { code: 'Forbidden', innerError: { code: inner } } },
    });
    const failure = vaultFailure(
      serviceError(error),
      { vault: 'https://v-one.vault.azure.net', name: 's' },
      'get',
    );
    expect(failure).toMatchObject({ kind: 'refused', problem: { code } });
  });

  it('is thrown on where it is a defect of ours', () => {
    expect(() => serviceError(new TypeError('x is not a function'))).toThrow(TypeError);
  });

  it.each([
    [429, 'retry'],
    [408, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [undefined, 'retry'],
    [400, undefined],
    [403, undefined],
    [404, undefined],
  ])('with status %s is %s', (status, kind) => {
    expect(transientFailure({ name: 'RestError', ...(status ? { status } : {}) }, 'reading')?.kind).toBe(
      kind,
    );
  });

  it('of any shape never throws but for defects', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void serviceError(value)));
  });
});

describe('a refusal of Entra', () => {
  const who = { tenantId: 't', clientId: 'c', secret: new Secret('s3cr3t~') };

  it.each([
    ['AADSTS7000215: Invalid client secret provided. hunter2', 'clientSecretRefused'],
    ['invalid_client … AADSTS7000222: expired', 'clientSecretExpired'],
    ['AADSTS700016: no such application', 'applicationMissing'],
    ['AADSTS90002: no such tenant', 'tenantMissing'],
    ['AADSTS53003: blocked', 'entraRefused'],
  ])('%s', (text, code) => {
    const failure = entraFailure(new Error(text), who);

    expect(failure).toMatchObject({ kind: 'refused', problem: { code } });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  it.each([
    ['hunter2\n', /ends with a line end/],
    ['hunter2\r\n', /ends with a line end/],
    ['5d13f7d7-0567-429c-9880-320e9555e5fc', /is a GUID: the id of a client secret/],
    ['"hunter2"', /stands in quotes/],
    [' hunter2', /stands in blanks/],
    ['\n', /is empty/],
    ['hunter2', /\(AADSTS7000215\)\.$/],
  ])('of a value such as %j says what is wrong with it and nothing of it', (value, words) => {
    const refused = new Error('AADSTS7000215: Invalid client secret provided.');
    const failure = entraFailure(refused, { ...who, secret: new Secret(value) });

    expect(failure.kind === 'refused' && failure.problem.message).toMatch(words);
    expect(JSON.stringify(failure)).not.toMatch(/hunter2|5d13f7d7/);
  });

  it.each(['AADSTS7000215: Invalid client secret provided.', 'AADSTS53003: blocked'])(
    'says nothing of the credential where the service is ill: 503 %s',
    (text) => {
      const error = Object.assign(new Error(text), { name: 'AuthenticationError', statusCode: 503 });

      expect(entraFailure(error, who).kind).toBe('retry');
    },
  );

  it('without a code is worth a retry', () => {
    expect(entraFailure(new Error('getaddrinfo ENOTFOUND'), who).kind).toBe('retry');
  });
});

describe('the answer of a DAG', () => {
  const good = {
    version: 1,
    answer: 'a'.repeat(64),
    marker: 'k',
    backend: 'x.Y',
    vaultUrl: 'https://v',
    direct: { outcome: 'found', errorType: null, status: null, aadsts: null, reason: null },
    variable: { outcome: 'same', errorType: null },
    airflow: '2.6.3',
  };

  it('is taken where it is one', async () => {
    expect(await parseAnswer(JSON.stringify(good))).toEqual(good);
  });

  it.each([
    ['an object instead of text', good],
    ['no JSON', '{nope'],
    ['another version', JSON.stringify({ ...good, version: 2 })],
    ['more members', JSON.stringify({ ...good, html: '<script>' })],
    ['an answer that is no digest', JSON.stringify({ ...good, answer: 'hunter2' })],
    ['an outcome of its own', JSON.stringify({ ...good, variable: { outcome: 'great', errorType: null } })],
    ['a long marker', JSON.stringify({ ...good, marker: 'x'.repeat(300) })],
    ['a huge text', JSON.stringify({ ...good, airflow: 'x'.repeat(10_000) })],
    ['nothing', undefined],
  ])('is refused: %s', async (_label, value) => {
    expect(await parseAnswer(value as never)).toBeUndefined();
  });

  it('never throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => JSON.stringify(value)),
        ),
        async (text) => {
          await parseAnswer(text);
        },
      ),
    );
  });
});
