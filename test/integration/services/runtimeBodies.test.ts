/** What Data Factory's adapter sends over the wire for what came over it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCertificateAuthority } from '../../../local/net/ca.js';
import { closeServer, listen } from '../../../local/net/proxy.js';
import { CLOUDS } from '../../../src/domain/configuration/clouds.js';
import { mergeSettings } from '../../../src/domain/settings/merging.js';
import type { Snapshot } from '../../../src/domain/settings/snapshot.js';
import { Secret } from '../../../src/domain/values/secret.js';
import { DataFactoryRuntimes } from '../../../src/runtimes/data-factory/dataFactory.js';
import { runtimeIdOf } from '../../../src/runtimes/data-factory/resourceId.js';
import { CREDENTIAL, PROFILE } from '../../unit/domain/settings/bodies.js';

const ID = runtimeIdOf({
  subscription: '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f215',
  resourceGroup: 'rg',
  factory: 'adf',
  name: 'etl',
});

interface Sent {
  readonly method: string;
  readonly ifMatch: string | undefined;
  readonly body: string;
}

/** What the service gives next. */
let answer: { readonly text: string; readonly headers?: Readonly<Record<string, string>> };
let sent: Sent[];
let runtimes: DataFactoryRuntimes;
let close: () => Promise<void>;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-bodies-'));
  const ca = openCertificateAuthority(folder);
  const server = createServer(
    { SNICallback: (host, done) => done(null, ca.contextFor(host)) },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', headers } = request;
        sent.push({ method, ifMatch: headers['if-match'], body: Buffer.concat(chunks).toString('utf8') });
        response.writeHead(200, { 'content-type': 'application/json', ...answer.headers }).end(answer.text);
      });
    },
  );
  const port = await listen(server, 0);
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, ca.certificate]);
  const cloud = { ...CLOUDS.public, resourceManager: `https://localhost:${port}` };
  const token = { token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 };
  runtimes = new DataFactoryRuntimes(cloud, () =>
    Promise.resolve({ getToken: () => Promise.resolve(token) }),
  );
  close = async () => {
    setDefaultCACertificates(trusted);
    await closeServer(server);
    rmSync(folder, { recursive: true });
  };
});
afterAll(() => close());
beforeEach(() => {
  sent = [];
});

/** The text of a runtime, with this in its properties, its Airflow's properties, its variables and on top. */
function textOf({ top = '', properties = '', airflow = '', variables = '' }): string {
  return `{"id":"x","name":"etl","type":"t","etag":"e1",${top}"properties":{"type":"Airflow","state":"Started",${properties}"typeProperties":{"computeProperties":{},"airflowProperties":{"airflowVersion":"2.6.3",${airflow}"airflowEnvironmentVariables":{${variables}"TEAM":"sales"},"airflowRequirements":["pandas"]}}}}`;
}

/** A runtime as it is read from this text. */
async function snapshotFrom(given: typeof answer): Promise<Snapshot> {
  answer = given;
  const read = await runtimes.read(ID);
  if (read.kind !== 'found') return expect.fail(read.kind);
  return read.view.kind === 'airflow' ? read.view : expect.fail(read.view.kind);
}

/** What a write of a runtime sends that was read so: all of it, and the app's settings. */
async function rewritten(text: string): Promise<string> {
  const snapshot = await snapshotFrom({ text });
  const settings = mergeSettings({
    profile: PROFILE,
    credential: CREDENTIAL,
    snapshot,
    secretComparison: 'absent',
    values: { clientSecret: new Secret('held') },
  });
  expect(await runtimes.apply(ID, snapshot, { settings, hiddenValues: {} })).toEqual({ kind: 'written' });
  return sent.at(-1)?.body ?? '';
}

describe('a runtime that is written', () => {
  const kept: readonly [label: string, where: Parameters<typeof textOf>[0], text: string][] = [
    ['an integer beyond a double', { airflow: '"big":9007199254740993,' }, '"big":9007199254740993'],
    ['a long integer', { airflow: '"big":12345678901234567890123,' }, '"big":12345678901234567890123'],
    [
      'more digits than a double has',
      { properties: '"frac":0.1000000000000000055511151231257827,' },
      '"frac":0.1000000000000000055511151231257827',
    ],
    ['a number with an exponent', { airflow: '"exp":1E400,' }, '"exp":1E400'],
    ['minus zero', { airflow: '"zero":-0,' }, '"zero":-0'],
    ['a decimal point', { airflow: '"one":1.0,' }, '"one":1.0'],
    [
      'a number among the variables',
      { variables: '"RETRIES":9007199254740993,' },
      '"RETRIES":9007199254740993',
    ],
    [
      'members on top',
      { top: '"tags":{"a":"b"},"identity":{"type":"None"},' },
      '"tags":{"a":"b"},"identity":{"type":"None"}',
    ],
    ['null as a description', { properties: '"description":null,' }, '"description":null'],
    ['a member __proto__', { properties: '"__proto__":{"p":1},' }, '"__proto__":{"p":1}'],
    ['a member constructor', { airflow: '"constructor":{"p":1},' }, '"constructor":{"p":1}'],
    [
      'variables of these names',
      { variables: '"__proto__":"x","constructor":"y",' },
      '"__proto__":"x","constructor":"y"',
    ],
    ['half a surrogate pair', { variables: '"HALF":"\\ud83d",' }, '"HALF":"\\ud83d"'],
    [
      'NUL, line ends, a line separator',
      { variables: '"ODD":"a\\u0000b\\r\\nc\u2028d",' },
      '"ODD":"a\\u0000b\\r\\nc\u2028d"',
    ],
    ['30 KB', { variables: `"LONG":"${'x'.repeat(30 * 1024)}",` }, `"LONG":"${'x'.repeat(30 * 1024)}"`],
    [
      'values that are no texts',
      { variables: '"BOOL":true,"LIST":[1,"a",{}],"NUM":7,' },
      '"BOOL":true,"LIST":[1,"a",{}],"NUM":7',
    ],
    [
      'names that differ in case, an empty one, blanks, =',
      { variables: '"Path":"1","PATH":"2","":"e","a=b":"f","with space":"g",' },
      '"Path":"1","PATH":"2","":"e","a=b":"f","with space":"g"',
    ],
    ['a number as a description', { properties: '"description":7,' }, '"description":7'],
    ['names with dots', { properties: '"a.b":{"c.d":1},' }, '"a.b":{"c.d":1}'],
    [
      'times as texts',
      { properties: '"when":"2026-01-01T00:00:00.0000000Z",' },
      '"when":"2026-01-01T00:00:00.0000000Z"',
    ],
  ];
  it.each(kept)('keeps %s', async (_, where, text) => {
    const written = await rewritten(textOf(where));

    expect(written).toContain(text);
    expect(written).toContain('"AZURE_CLIENT_SECRET":"held"');
  });

  it('goes with the ETag of its body, or that of the header', async () => {
    await rewritten(textOf({}));
    answer = { text: textOf({}).replace('"etag":"e1",', ''), headers: { etag: '"e2"' } };
    const read = await runtimes.read(ID);

    expect(sent.at(-2)?.ifMatch).toBe('e1');
    expect(read).toMatchObject({ kind: 'found', view: { guard: '"e2"' } });
  });

  it.each(['W/"e3"', '"e3"'])('goes with an ETag such as %s as it is', async (etag) => {
    const text = textOf({}).replace('"etag":"e1"', `"etag":${JSON.stringify(etag)}`);
    await rewritten(text);

    expect(sent.at(-1)?.ifMatch).toBe(etag);
  });

  it.each(['', '"etag":null,', '"etag":"",'])('is not sent without one (%s)', async (etag) => {
    const snapshot = await snapshotFrom({ text: textOf({}).replace('"etag":"e1",', etag) });
    const written = await runtimes.apply(ID, snapshot, { settings: {}, hiddenValues: {} });

    expect(written).toMatchObject({ kind: 'refused', problem: { code: 'writeUnguarded' } });
    expect(sent.map(({ method }) => method)).toEqual(['GET']);
  });
});
