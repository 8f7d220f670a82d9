import { describe, expect, it } from 'vitest';
import { gatherPreflight } from '../../../../src/activities/preflight/gatherPreflight.js';
import type { Profile } from '../../../../src/domain/configuration/profile.js';
import type { PreflightRow } from '../../../../src/domain/preflight/report.js';
import { profileCanary } from '../../../../src/domain/proof/profileCanary.js';
import { Secret } from '../../../../src/domain/values/secret.js';
import { type ActivityContext, CANARY_VALUE, OF_ATTIC } from '../../doubles/activityContext.js';
import { accessing, checkable, DAG, PASSWORD_SECRET, TARGET } from '../checking.js';

const { vault, credential } = OF_ATTIC;
const CANARY = profileCanary(OF_ATTIC) ?? expect.fail('the profile has a canary');
const DAG_ROW = `DAG ${DAG}`;
const PRINCIPAL_ROW = `getSecret by Airflow's principal ${credential.clientId}`;

/** A context in which nothing is missing, with one runtime. */
function prepared(profile: Partial<Profile> = {}): ActivityContext {
  const context = checkable(profile);
  const { secret } = credential;
  context.vaults.put(secret, 'held-secret', {
    tags: { keyId: 'key-1' },
    expiresOn: '2027-05-01T00:00:00.000Z',
  });
  context.graph.application(credential.clientId).owners.push('object-of-the-app');
  context.signingKey = new Secret('a key that only the app has');
  context.events = {
    url: 'https://contoso.westeurope-1.eventgrid.azure.net/api/events',
    schema: 'cloudEvents',
  };
  context.runtimes.put(TARGET.runtime);
  return context;
}

async function rowsOf(context: ActivityContext): Promise<readonly PreflightRow[]> {
  const gathered = await gatherPreflight({}, context.deps);
  return gathered.kind === 'gathered' ? gathered.rows : expect.fail(JSON.stringify(gathered));
}
const rowOf = async (context: ActivityContext, what: string) =>
  (await rowsOf(context)).find((row) => row.what === what);

describe('a preflight', () => {
  it('finds nothing missing where everything is there, and says who looked', async () => {
    const context = prepared();

    expect((await rowsOf(context)).filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(await gatherPreflight({}, context.deps)).toMatchObject({
      identity: 'client id client-of-the-app, object id object-of-the-app',
    });
  });

  it('changes nothing and names no value, however often it looks', async () => {
    const context = prepared();
    context.airflow.add(DAG, true);
    const first = await rowsOf(context);

    expect(await rowsOf(context)).toEqual(first);
    expect(JSON.stringify(first)).not.toMatch(new RegExp(`held-secret|"hel|${CANARY_VALUE}|only the app`));
    const { vaults, graph, airflow, topic } = context;
    const calls = [vaults, graph, airflow, topic].flatMap(({ calls: { made } }) => made);
    const changing = /^(?:create|describe|disable|recover|addKey|removeKey|unpause|trigger|publish) /;
    expect(calls.filter((call) => changing.test(call))).toEqual([]);
    expect(context.runtimes.calls.filter((call) => !call.startsWith('list '))).toEqual([]);
  });

  it('cannot look without a token', async () => {
    const context = prepared();
    context.access.calls.faults.claims = 'forbidden';

    expect(await gatherPreflight({}, context.deps)).toMatchObject({
      kind: 'refused',
      problem: { code: 'identityUnavailable' },
    });
    expect(context.vaults.calls.made).toEqual([]);
  });

  it.each<{ what: string; prepare(context: ActivityContext): void; remedy: string }>([
    {
      what: 'AIRLOCK_SIGNING_KEY',
      prepare: (context) => (context.signingKey = undefined),
      remedy: 'AIRLOCK_SIGNING_KEY=',
    },
    {
      what: 'owner of the application',
      prepare: ({ graph }) => graph.application(credential.clientId).owners.splice(0),
      remedy: credential.clientId,
    },
    {
      what: 'Application.ReadWrite.OwnedBy',
      prepare: ({ access }) => (access.who = { ...access.who, roles: [] }),
      remedy: 'appRoleAssignments',
    },
    {
      what: 'Microsoft.EventGrid/events/send/action',
      prepare: ({ access }) => (access.granted = []),
      remedy: 'EventGrid Data Sender',
    },
    {
      what: PRINCIPAL_ROW,
      prepare: ({ entra }) => entra.closedVaults.add(vault),
      remedy: 'az role assignment create',
    },
    {
      what: `getSecret ${credential.secret.name}`,
      prepare: ({ vaults, access }) => {
        vaults.calls.faults.current = 'forbidden';
        access.granted = [];
      },
      remedy: 'az role assignment create',
    },
    {
      // A role allows it: the command for a role would fix nothing.
      what: `getSecret ${credential.secret.name}`,
      prepare: ({ vaults }) => (vaults.calls.faults.current = 'forbidden'),
      remedy: 'firewall of the vault',
    },
  ])('says what is missing, with what fixes it: $what', async ({ what, prepare, remedy }) => {
    const context = prepared();
    prepare(context);

    expect(await rowOf(context, what)).toMatchObject({
      status: 'missing',
      remedy: expect.stringContaining(remedy),
    });
  });

  it('takes a service that is busy for one that is not seen', async () => {
    const context = prepared();
    for (const { calls } of [context.vaults, context.graph, context.airflow]) {
      Object.assign(calls.faults, { current: 'busy', versions: 'busy', owners: 'busy', health: 'busy' });
    }
    context.runtimes.faults.throttled = true;
    const rows = await rowsOf(context);

    expect(rows.filter(({ status }) => status === 'missing')).toEqual([]);
    expect(rows.find(({ what }) => what === 'runtimes')).toMatchObject({
      status: 'unknown',
      note: expect.stringContaining('look again later'),
    });
  });
});

describe('a preflight of a runtime', () => {
  it.each<{ label: string; prepare(context: ActivityContext): void; row: Partial<PreflightRow> }>([
    {
      label: 'has no DAG',
      prepare: ({ airflow }) => airflow.dags.clear(),
      row: { status: 'missing', note: `Airflow has no DAG ${DAG}.` },
    },
    {
      label: 'could not import it',
      prepare: ({ airflow }) => {
        airflow.dags.clear();
        airflow.importErrors = [{ file: `${DAG}.py`, lastLine: 'SyntaxError' }];
      },
      row: { status: 'missing', note: expect.stringContaining('SyntaxError') },
    },
    {
      label: 'accepts another scope than the profile has',
      prepare: ({ airflow }) => (airflow.scopes = ['library/.default']),
      row: { status: 'missing', remedy: expect.stringContaining('access.login.scope: library/.default') },
    },
    {
      label: 'accepts no scope',
      prepare: ({ airflow }) => (airflow.scopes = []),
      row: { status: 'missing', note: 'Airflow refuses the login.' },
    },
    {
      label: 'is not healthy',
      prepare: ({ airflow }) => (airflow.sick = 'scheduler not healthy'),
      row: { status: 'unknown', note: expect.stringContaining('scheduler not healthy') },
    },
    {
      label: 'is not ready',
      prepare: ({ runtimes }) => runtimes.put(TARGET.runtime, { state: 'building' }),
      row: { status: 'unknown', note: 'the runtime is building' },
    },
  ])('says so where it $label', async ({ prepare, row }) => {
    const context = prepared();
    prepare(context);

    expect(await rowOf(context, DAG_ROW)).toMatchObject({ where: 'attic/etl', ...row });
  });

  it('takes a DAG that the app imports for one that comes', async () => {
    const context = prepared(accessing({ importDags: { box: 'dags' } }));
    context.airflow.dags.clear();

    expect(await rowOf(context, DAG_ROW)).toMatchObject({ status: 'ok' });
  });

  it('logs in with the password of the profile, and names the secret where it is missing', async () => {
    const context = prepared(
      accessing({ login: { kind: 'password', userName: 'airlock', password: PASSWORD_SECRET } }),
    );
    expect(await rowOf(context, DAG_ROW)).toMatchObject({
      status: 'missing',
      note: expect.stringContaining(PASSWORD_SECRET.name),
    });
    context.vaults.put(PASSWORD_SECRET, 'open-sesame');
    context.airflow.password = 'open-sesame';
    const rows = await rowsOf(context);

    expect(rows.find(({ what }) => what === DAG_ROW)).toMatchObject({ status: 'ok' });
    expect(JSON.stringify(rows)).not.toContain('open-sesame');
  });

  it.each([
    {
      label: 'lets one of two addresses in',
      closed: false,
      addresses: ['10.0.0.7', '10.0.1.7'],
      seen: ['ok', 'missing'],
    },
    { label: 'is closed', closed: true, addresses: ['10.0.0.7'], seen: ['missing'] },
    { label: 'lets in nobody knows whom', closed: false, addresses: [], seen: ['unknown'] },
  ])('looks whether it gets through a firewall that $label', async ({ closed, addresses, seen }) => {
    const context = prepared();
    context.runtimes.put(TARGET.runtime, { addresses });
    const network = { closed, filtered: true, ranges: ['10.0.0.0/24'] };
    context.access.vaults.set(vault, { id: '/v', usesRoles: true, network });
    const rows = (await rowsOf(context)).filter(({ what }) => what === 'firewall of contoso-airflow');

    expect(rows.map(({ status }) => status)).toEqual(seen);
    expect(rows.at(-1)?.remedy).toContain('az keyvault network-rule add');
  });

  it('takes a canary that is not there yet for one that the app makes', async () => {
    const context = prepared();
    context.vaults.forget(CANARY);

    expect(await rowOf(context, PRINCIPAL_ROW)).toMatchObject({
      status: 'ok',
      note: expect.stringContaining('not there yet'),
    });
  });
});
