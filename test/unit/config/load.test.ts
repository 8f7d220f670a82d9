import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConfiguration, loadConfiguration } from '../../../src/config/load.js';
import { formatProblem } from '../../../src/config/problems.js';

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const EXAMPLE = file('examples/airlock.yaml');

/** The example with one part replaced; the part has to be there. */
function changed(part: string, replacement: string): string {
  if (!EXAMPLE.includes(part)) throw new Error(`The example has no ${part}.`);
  return EXAMPLE.replace(part, replacement);
}

function problemsOf(text: string) {
  const result = checkConfiguration(text, 'airlock.yaml');
  return result.ok ? [] : result.problems;
}

describe('a configuration', () => {
  it.each(['examples/airlock.yaml', 'local/sample/airlock.yaml'])('%s is good', (path) => {
    expect(problemsOf(file(path))).toEqual([]);
  });

  it('may be JSON, and the README’s example is good', () => {
    const readme = file('README.md');
    const example = readme.slice(
      readme.indexOf('```yaml') + 8,
      readme.indexOf('```', readme.indexOf('```yaml') + 8),
    );

    expect(problemsOf(example)).toEqual([]);
    const minimal = {
      version: 1,
      credentials: {
        a: {
          tenantId: '11111111-1111-1111-1111-111111111111',
          clientId: '22222222-2222-2222-2222-222222222222',
          secret: { vault: 'https://contoso-ops.vault.azure.net', name: 's' },
        },
      },
      profiles: [
        {
          name: 'p',
          runtimes: [{ subscription: '33333333-3333-3333-3333-333333333333' }],
          vault: 'https://contoso-airflow.vault.azure.net/',
          credential: 'a',
        },
      ],
    };
    const result = checkConfiguration(JSON.stringify(minimal), 'x');
    expect(result).toMatchObject({
      ok: true,
      configuration: {
        cloud: 'public',
        retentionDays: 30,
        profiles: [
          {
            vault: 'https://contoso-airflow.vault.azure.net',
            mode: 'enable',
            existing: 'report',
            onConflict: 'report',
            access: {
              proof: { kind: 'challenge', dagId: 'airlock_check', canary: 'airlock-canary' },
              login: { kind: 'entra', scope: expect.stringContaining('5d13f7d7') },
            },
            limits: { changeableSeconds: 3600, readySeconds: 5400, checkSeconds: 1800, pollSeconds: 60 },
          },
        ],
      },
    });
  });

  const line = (part: string): number => EXAMPLE.slice(0, EXAMPLE.indexOf(part)).split('\n').length;
  it.each<[label: string, text: string, path: string, at: number | undefined, says: RegExp]>([
    [
      'an unknown setting',
      changed('onConflict:', 'onConflct:'),
      'profiles[0].onConflct',
      line('onConflict:'),
      /mean onConflict/,
    ],
    [
      'a wrong word',
      changed('onConflict: report', 'onConflict: maybe'),
      'profiles[0].onConflict',
      line('onConflict:'),
      /report/,
    ],
    [
      'a number too small',
      changed('pollSeconds: 60', 'pollSeconds: 5'),
      'profiles[0].limits.pollSeconds',
      line('pollSeconds'),
      /10/,
    ],
    [
      'a vault over http',
      changed('https://contoso-airflow', 'http://contoso-airflow'),
      'profiles[0].vault',
      line('vault: https://contoso-airflow'),
      /https/,
    ],
    [
      'a managed HSM',
      changed('contoso-airflow.vault.azure.net', 'contoso.managedhsm.azure.net'),
      'profiles[0].vault',
      line('vault: https://contoso-airflow'),
      /managed HSM/,
    ],
    [
      'a vault of another cloud',
      changed('cloud: public', 'cloud: china'),
      'credentials.airflow-reader.secret.vault',
      line('vault: https://contoso-ops'),
      /Azure public/,
    ],
    [
      'one vault for both',
      changed('contoso-airflow.vault', 'contoso-ops.vault'),
      'profiles[0].vault',
      line('vault: https://contoso-airflow'),
      /acceptSharedVault: contoso-ops/,
    ],
    [
      'a credential that is not there',
      changed('credential: airflow-reader', 'credential: nobody'),
      'profiles[0].credential',
      line('credential: airflow-reader'),
      /airflow-reader/,
    ],
    [
      'a token that opens too much',
      changed('kind: entra', 'kind: entra\n        scope: https://management.azure.com/.default'),
      'profiles[0].access.login.scope',
      line('kind: entra') + 1,
      /acceptScope/,
    ],
    [
      'another requirement',
      changed('# requirement: apache-airflow-providers-microsoft-azure==6.2.0', 'requirement: pandas'),
      'profiles[0].requirement',
      line('requirement:'),
      /apache-airflow/,
    ],
    [
      'a requirement without the back end',
      changed(
        '# requirement: apache-airflow-providers-microsoft-azure==6.2.0',
        'requirement: apache-airflow-providers-microsoft-azure<3.4',
      ),
      'profiles[0].requirement',
      line('requirement:'),
      /before 3\.4\.0/,
    ],
    [
      'names of connections that no vault takes',
      changed('connectionsPrefix: airflow-connections', 'connectionsPrefix: airflow/connections'),
      'profiles[0].connectionsPrefix',
      line('connectionsPrefix:'),
      /nothing would ever be found/,
    ],
    [
      'names of variables that no vault takes',
      changed('variablesPrefix: airflow-variables', 'variablesPrefix: airflow variables'),
      'profiles[0].variablesPrefix',
      line('variablesPrefix:'),
      /letters, digits and dashes/,
    ],
    [
      'names of options that no vault takes',
      changed('variablesPrefix: airflow-variables', 'variablesPrefix: a_b\n    configPrefix: a.b'),
      'profiles[0].configPrefix',
      line('variablesPrefix:') + 1,
      /letters, digits and dashes/,
    ],
    [
      'a check DAG without variables',
      changed('variablesPrefix: airflow-variables', 'variablesPrefix: null'),
      'profiles[0].variablesPrefix',
      line('variablesPrefix:'),
      /looks up no variables/,
    ],
    [
      'a canary whose name is too long',
      changed('variablesPrefix: airflow-variables', `variablesPrefix: ${'x'.repeat(80)}`).replace(
        'canary: airlock-canary',
        `canary: ${'y'.repeat(60)}`,
      ),
      'profiles[0].access.proof.canary',
      line('canary:'),
      /127/,
    ],
    [
      'a prefix left blank',
      changed('connectionsPrefix: airflow-connections', 'connectionsPrefix:'),
      '',
      line('connectionsPrefix:'),
      /connectionsPrefix has no value.*write null/,
    ],
    [
      'a canary with two dashes',
      changed('canary: airlock-canary', 'canary: team--canary'),
      'profiles[0].access.proof.canary',
      line('canary:'),
      /single dashes/,
    ],
    [
      'a duplicate key',
      changed('cloud: public', 'cloud: public\ncloud: china'),
      '',
      line('cloud: public') + 1,
      /DUPLICATE_KEY/,
    ],
    [
      'a tab',
      changed('  airflow-reader:', '\tairflow-reader:'),
      '',
      line('  airflow-reader:'),
      /A tab indents/,
    ],
    ['an empty file', '', '', undefined, /is empty/],
    [
      'a setting that is missing',
      changed('    vault: https://contoso-airflow', '    #'),
      'profiles[0].vault',
      line('  - name: sales'),
      /vault is missing\. → Add it: a text/,
    ],
    [
      'a setting without a value',
      changed('onConflict: report', 'requirement:').replace('requirement: apache', '# '),
      'profiles[0].requirement',
      line('onConflict:'),
      /has no value, and must be a text/,
    ],
    [
      'a word that is nearly right',
      changed('cloud: public', 'cloud: pulbic'),
      'cloud',
      line('cloud: public'),
      /one of public, usGovernment, china\. → Did you mean public\?/,
    ],
    [
      'a kind that there is not',
      changed('kind: challenge', 'kind: chalenge'),
      'profiles[0].access.proof.kind',
      line('kind: challenge'),
      /one of challenge, dag\. → Did you mean challenge\?/,
    ],
    [
      'a text in place of a number',
      changed('pollSeconds: 60', 'pollSeconds: often'),
      'profiles[0].limits.pollSeconds',
      line('pollSeconds'),
      /a (whole )?number, and is a text/,
    ],
    [
      'a star without quotes',
      changed('name: "*"', 'name: *'),
      '',
      line('name: "*"'),
      /A \* without quotes begins an alias.*"\*"/,
    ],
    [
      'a pattern without quotes',
      changed('name: "*"', 'name: *-sales'),
      '',
      line('name: "*"'),
      /no anchor &-sales before it\..*"\*-sales"/,
    ],
    [
      'an alias in a list',
      changed('  - name: sales', '  - *sales\n  - name: sales'),
      '',
      line('  - name: sales'),
      /no anchor &sales/,
    ],
    [
      'UTF-16',
      Buffer.from(`\uFEFF${EXAMPLE}`, 'utf16le').toString('utf8'),
      '',
      undefined,
      /UTF-16.* → Save it as UTF-8/,
    ],
    [
      'another encoding',
      Buffer.from(changed('sales', 'värde'), 'latin1').toString('utf8'),
      '',
      undefined,
      /not UTF-8/,
    ],
    ['two documents', `${EXAMPLE}---\nversion: 1\n`, '', undefined, /several documents/],
  ])('says where and what: %s', (_label, text, path, at, says) => {
    const problems = problemsOf(text);

    expect(problems.map(formatProblem).join('\n')).toMatch(says);
    expect(problems.map((problem) => problem.path)).toContain(path);
    if (at !== undefined) expect(problems.find((problem) => problem.path === path)?.line).toBe(at);
    for (const problem of problems) expect(problem.remedy).not.toBe('');
  });

  it.each(['AIRLOCK_IDENTITY_CLIENT_ID', 'AIRLOCK_AIRFLOW_IDENTITY_CLIENT_ID'])(
    'does not take the identity that %s names for a credential',
    async (setting) => {
      const env = { AIRLOCK_CONFIG: EXAMPLE, [setting]: '22222222-2222-2222-2222-222222222222' };

      expect(await loadConfiguration(env, '/nowhere')).toMatchObject({
        ok: false,
        problems: [
          { path: 'credentials.airflow-reader.clientId', message: expect.stringContaining('own identity') },
        ],
      });
      expect((await loadConfiguration({ AIRLOCK_CONFIG: EXAMPLE }, '/nowhere')).ok).toBe(true);
    },
  );

  it('finds two profiles that could match one runtime, and a name that is taken', () => {
    const profile = EXAMPLE.slice(EXAMPLE.indexOf('  - name: sales'));
    const twice = `${EXAMPLE}${profile.replace('factory: adf-sales', 'factory: "*-sales"')}`;

    const messages = problemsOf(twice).map(({ message }) => message);
    expect(messages.some((message) => message.includes('could match both'))).toBe(true);
    expect(messages.some((message) => message.includes('is taken'))).toBe(true);
    const apart = `${EXAMPLE}${profile.replace('name: sales', 'name: other').replace('factory: adf-sales', 'factory: adf-hr')}`;
    expect(problemsOf(apart)).toEqual([]);
  });

  it('has the same mode in all profiles of a credential', () => {
    const second = (mode: string) =>
      `${EXAMPLE}  - name: second
    mode: ${mode}
    runtimes:
      - { subscription: 33333333-3333-3333-3333-333333333333, resourceGroup: rg-second }
    vault: https://contoso-airflow.vault.azure.net
    credential: airflow-reader
`;
    expect(problemsOf(second('enable'))).toEqual([]);
    expect(problemsOf(second('observe'))).toMatchObject([
      {
        path: 'profiles[1].mode',
        message: expect.stringContaining('shares the credential airflow-reader with sales'),
      },
    ]);
    expect(problemsOf(second('observe').replace('mode: enable', 'mode: observe'))).toEqual([]);
  });

  it('accepts one vault for both by its name alone', () => {
    const shared = changed('contoso-airflow.vault.azure.net', 'contoso-ops.vault.azure.net');

    expect(
      problemsOf(
        shared.replace('    connectionsPrefix', '    acceptSharedVault: contoso-ops\n    connectionsPrefix'),
      ),
    ).toEqual([]);
    expect(
      problemsOf(
        shared.replace('    connectionsPrefix', '    acceptSharedVault: other\n    connectionsPrefix'),
      ),
    ).toHaveLength(1);
  });

  it('takes prefixes that are empty, null, or have underscores', () => {
    const own = changed('connectionsPrefix: airflow-connections', 'connectionsPrefix: null')
      .replace('variablesPrefix: airflow-variables', 'variablesPrefix: ""')
      .replace(
        'credential: airflow-reader',
        'configPrefix: team_a\n    separator: ""\n    credential: airflow-reader',
      );
    const checked = checkConfiguration(own, 'airlock.yaml');

    expect(checked.ok && checked.configuration.profiles[0]).toMatchObject({
      connectionsPrefix: null,
      variablesPrefix: '',
      configPrefix: 'team_a',
      separator: '',
    });
  });

  it('gives all problems at once', () => {
    const text = changed('onConflict: report', 'onConflict: maybe').replace(
      'pollSeconds: 60',
      'pollSeconds: 5',
    );

    expect(problemsOf(text).length).toBe(2);
  });

  it('gives no more problems than somebody fixes at once, and counts the others', () => {
    const result = checkConfiguration(
      JSON.stringify({ version: 1, credentials: {}, profiles: Array(50).fill({ name: 'p' }) }),
      'x',
    );

    expect(result).toMatchObject({ ok: false, more: expect.any(Number) });
    expect(!result.ok && result.problems).toHaveLength(20);
  });

  it('names what stands there still as in the example', () => {
    const result = checkConfiguration(EXAMPLE, 'airlock.yaml');
    const yours = checkConfiguration(
      EXAMPLE.replaceAll('contoso', 'fabrikam').replaceAll(
        /(\d)\1{7}-\1{4}-\1{4}-\1{4}-\1{12}/g,
        '3c8d1b6e-52fa-4e07-9b14-d6a0c7e8f21$1',
      ),
      'airlock.yaml',
    );

    expect(result.ok && result.placeholders.map(({ path }) => path)).toEqual([
      'credentials.airflow-reader.tenantId',
      'credentials.airflow-reader.clientId',
      'credentials.airflow-reader.secret.vault',
      'profiles[0].runtimes[0].subscription',
      'profiles[0].vault',
    ]);
    expect(result.ok && result.placeholders[0]?.line).toBe(line('tenantId'));
    expect(yours).toMatchObject({ ok: true, placeholders: [] });
  });

  it('repeats no value that is wrong', () => {
    const secret = 'q7~8Q-a-value-that-nobody-may-see';
    const texts = ['cloud: public', 'kind: challenge', 'pollSeconds: 60', 'onConflict: report'].map((part) =>
      changed(part, part.replace(/: .*/, `: ${secret}`)),
    );

    expect(texts.flatMap(problemsOf).map(formatProblem)).toHaveLength(4);
    expect(texts.flatMap(problemsOf).map(formatProblem).join()).not.toContain(secret);
  });

  it('does not let aliases expand without end', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`;

    expect(problemsOf(bomb)[0]?.message).toMatch(/aliases/);
    expect(problemsOf('x'.repeat(300_000))[0]?.message).toMatch(/characters/);
  });

  it('is judged without throwing, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => void problemsOf(text)));
    fc.assert(fc.property(fc.jsonValue(), (value) => void problemsOf(JSON.stringify(value))));
    const mutation = fc.record({
      at: fc.nat(EXAMPLE.length),
      length: fc.nat(20),
      put: fc.string({ maxLength: 8 }),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        let text = EXAMPLE;
        for (const { at, length, put } of mutations) text = text.slice(0, at) + put + text.slice(at + length);
        const result = checkConfiguration(text, 'x');
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('where the configuration comes from', () => {
  it('is the text, the file, or the default file; never two of them', async () => {
    const root = new URL('../../../', import.meta.url).pathname;

    expect(await loadConfiguration({ AIRLOCK_CONFIG: EXAMPLE }, root)).toMatchObject({ ok: true });
    expect(await loadConfiguration({ AIRLOCK_CONFIG_FILE: 'examples/airlock.yaml' }, root)).toMatchObject({
      ok: true,
    });
    expect(await loadConfiguration({}, `${root}/examples`)).toMatchObject({ ok: true });
    expect(
      await loadConfiguration({ AIRLOCK_CONFIG: EXAMPLE, AIRLOCK_CONFIG_FILE: 'x' }, root),
    ).toMatchObject({ ok: false });
    expect(await loadConfiguration({ AIRLOCK_CONFIG_FILE: 'nowhere.yaml' }, root)).toMatchObject({
      ok: false,
      problems: [{ source: 'nowhere.yaml', message: expect.stringContaining('ENOENT') }],
    });
  });
});
