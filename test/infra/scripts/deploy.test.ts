import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { FRESH, HERE, IDENTITY, Machine, type State } from './machine.js';

const machine = new Machine();
const zip = join(machine.folder, 'airlock-0.1.0.zip');
writeFileSync(zip, '');
const again =
  'Then run it again: azd up, the workflow, or this step. What is done stays, and what is missing is made.';
const outputs = {
  AZURE_RESOURCE_GROUP: 'rg-prod',
  AIRLOCK_FUNCTION_APP: 'func-airlock-x',
  AIRLOCK_PRINCIPAL_ID: IDENTITY,
};
beforeEach(() => {
  machine.state = FRESH;
  machine.env = {
    AZURE_ENV_NAME: 'prod',
    AZURE_LOCATION: 'westeurope',
    AZURE_SUBSCRIPTION_ID: HERE.id,
    ...outputs,
  };
});
afterAll(() => machine.remove());

const step = (...args: readonly string[]) => machine.node('deploy.mjs', ...args);
const set = (state: Partial<State>) => {
  machine.state = { ...FRESH, ...state };
};
const times = <T>(n: number, one: T) => Array.from({ length: n }, () => one);

describe('deploy.mjs templates', () => {
  it('deploys without the subscriptions, and reads outputs whose names come back in another case', async () => {
    const { code, stdout } = await step('templates');

    expect(machine.state.changes).toEqual([`deploy airlock-prod to westeurope, events false in ${HERE.id}`]);
    expect([code, stdout]).toEqual([
      0,
      `export AZURE_RESOURCE_GROUP=rg-prod\nexport AIRLOCK_FUNCTION_APP=func-airlock-x\nexport AIRLOCK_PRINCIPAL_ID=${IDENTITY}\n`,
    ]);
  });

  it.each([
    ['missing', { azurE_RESOURCE_GROUP: { value: 'rg-prod' } }],
    ['empty', { ...FRESH.outputs, airlocK_FUNCTION_APP: { value: '' } }],
    ['more than a name', { ...FRESH.outputs, airlocK_FUNCTION_APP: { value: 'func\nPATH=/tmp' } }],
  ])('stops at an output that is %s', async (_what, wrong) => {
    set({ outputs: wrong });
    const { code, stdout, lines } = await step('templates');

    expect([code, stdout]).toEqual([1, '']);
    expect(lines[1]).toContain('The templates were deployed, but without the output AIRLOCK_FUNCTION_APP');
    expect(lines.at(-1)).toBe(again);
  });

  it('says what Resource Manager said, and where to look for a policy', async () => {
    set({
      deploymentFaults: ["{'code': 'RequestDisallowedByPolicy', 'message': 'Resource stx was disallowed.'}"],
    });
    const { code, lines } = await step('templates');

    expect(code).toBe(1);
    expect(lines).toEqual([
      'deploying   the templates, without the subscriptions to events: some minutes',
      "The templates were not deployed: ERROR: {'code': 'RequestDisallowedByPolicy', 'message': 'Resource stx was disallowed.'}",
      'A policy of the tenant refuses that: infra/README.md, "Bad input", says which parameter answers which policy.',
      again,
    ]);
  });

  it('gives on the cause, which az prints below its error', async () => {
    set({
      deploymentFaults: [
        '{"code": "InvalidTemplateDeployment"}\n\nInner Errors: \n{"code": "QuotaExceeded"}',
      ],
    });

    expect((await step('templates')).lines[1]).toBe(
      'The templates were not deployed: ERROR: {"code": "InvalidTemplateDeployment"} Inner Errors:  {"code": "QuotaExceeded"}',
    );
  });

  it('says which variable is missing', async () => {
    machine.env = { AZURE_ENV_NAME: 'prod' };
    const { code, lines } = await step('templates');

    expect([code, machine.state.changes]).toEqual([1, []]);
    expect(lines[1]).toMatch(/^AZURE_LOCATION is not set\./);
  });
});

describe('deploy.mjs wait-for-roles', () => {
  it('costs nothing where the roles are old', async () => {
    expect(await step('wait-for-roles')).toMatchObject({ code: 0, waited: 0 });
  });

  it('waits until they are three minutes old, and says what for', async () => {
    set({ roles: { ...FRESH.roles, ageSeconds: 60 } });
    const { code, lines, waited } = await step('wait-for-roles');

    expect(code).toBe(0);
    // The clock of the stand-in goes on between the two processes.
    expect(waited).toBeGreaterThanOrEqual(105);
    expect(waited).toBeLessThanOrEqual(135);
    expect(lines[0]).toBe(
      "waiting     for the app's roles on its storage account to have effect: until then the upload is refused (403): 0 s so far, at most 195 s",
    );
    expect(lines.at(-1)).toContain('run azd up again');
  });

  it('waits no longer than that where the clocks differ', async () => {
    set({ roles: { ...FRESH.roles, ageSeconds: -7_200 } });

    expect(await step('wait-for-roles')).toMatchObject({ code: 0, waited: 180 });
  });

  it('waits for an assignment that is not listed yet', async () => {
    set({ roles: { ...FRESH.roles, unlisted: 2 } });

    expect(await step('wait-for-roles')).toMatchObject({ code: 0, waited: 30 });
  });

  it.each([
    ['none', { ...FRESH.roles, unlisted: 100 }],
    ['none on storage', { ...FRESH.roles, scope: '/subscriptions/s/resourceGroups/rg-prod' }],
  ])('stops where there is %s', async (_what, roles) => {
    set({ roles });
    const { code, lines, waited } = await step('wait-for-roles');

    expect([code, waited]).toEqual([1, 120]);
    expect(lines.at(-2)).toBe(
      `The app's identity ${IDENTITY} holds no role on a storage account of the subscription: azd provision assigns it.`,
    );
    expect(lines.at(-1)).toBe(again);
  });
});

describe('deploy.mjs upload', () => {
  const uploaded = `upload airlock-0.1.0.zip to rg-prod/func-airlock-x in ${HERE.id}`;

  it.each([
    ['the role has no effect yet', 'InaccessibleStorageException: Failed to access storage account (403)'],
    ['the same, as it is said elsewhere', '"BlobUploadFailedException" Status: 403'],
    ['it was partially successful', 'Deployment was partially successful. Kudu has been restarted'],
    ['the service is away', 'Status Code: 503, Details: Service Unavailable'],
  ])('tries again while %s', async (_what, said) => {
    set({ uploadFaults: times(2, said) });
    const { code, lines, waited } = await step('upload', zip);

    expect([code, waited, machine.state.changes]).toEqual([0, 90, times(3, uploaded)]);
    expect(lines[1]).toMatch(/^waiting {5}30 s, then the upload again \(1 of 6 times\): /);
  });

  it('gives up after ten minutes, and says what was said last', async () => {
    set({ uploadFaults: times(20, 'InaccessibleStorageException') });
    const { code, lines, waited } = await step('upload', zip);

    expect([code, waited, machine.state.changes.length]).toEqual([1, 600, 7]);
    expect(lines.slice(-2)).toEqual([
      `${zip} was not deployed to func-airlock-x: ERROR: InaccessibleStorageException`,
      again,
    ]);
  });

  it('stops at once on anything else', async () => {
    set({ uploadFaults: ['(AuthorizationFailed) The client does not have authorization (403)'] });

    expect(await step('upload', zip)).toMatchObject({ code: 1, waited: 0 });
    expect(machine.state.changes).toEqual([uploaded]);
  });

  it('takes one zip that is there', async () => {
    for (const files of [[], [zip, zip], ['package/none.zip']]) {
      const { code, lines } = await step('upload', ...files);
      expect(code).toBe(1);
      expect(lines[0]).toContain('npm run package makes it');
    }
    expect(machine.state.changes).toEqual([]);
  });
});

describe('deploy.mjs subscribe', () => {
  const late =
    'Not Found({"Code":"NotFound","Message":"Function with name \'runtimeEvents\' does not exist."})';
  const second = `deploy airlock-prod to westeurope, events true in ${HERE.id}`;

  it('waits for both functions, then deploys with the subscriptions', async () => {
    set({ functionFaults: { runtimeEvents: times(2, late), credentialEvents: [late] } });
    const { code, lines, waited } = await step('subscribe');

    expect([code, waited, machine.state.changes]).toEqual([0, 45, [second]]);
    expect(machine.state.looks).toEqual([...times(3, 'runtimeEvents'), ...times(2, 'credentialEvents')]);
    expect(lines[0]).toBe(
      'waiting     for the function runtimeEvents of func-airlock-x: 0 s so far, at most 600 s',
    );
  });

  it('takes a host that does not answer for one that has not started', async () => {
    const said = 'Bad Request({"message":"Encountered an error (ServiceUnavailable) from host runtime."})';
    set({ functionFaults: { runtimeEvents: [said] } });

    expect(await step('subscribe')).toMatchObject({ code: 0, waited: 15 });
  });

  it('gives up on a function that does not come, and subscribes to nothing', async () => {
    set({ functionFaults: { credentialEvents: times(100, late) } });
    // Each look takes a process.
    machine.env = { ...machine.env, FAKE_CLOCK_TIMES: '8' };
    const { code, lines, waited } = await step('subscribe');

    expect([code, waited, machine.state.changes]).toEqual([1, 600, []]);
    expect(lines.at(-2)).toContain('does not have the function credentialEvents after 600 s');
    expect(lines.at(-2)).toContain(late);
    expect(lines.at(-1)).toBe(again);
  });

  it('stops at once where it may not look', async () => {
    set({ functionFaults: { runtimeEvents: ['Forbidden({"error":{"code":"AuthorizationFailed"}})'] } });

    expect(await step('subscribe')).toMatchObject({ code: 1, waited: 0 });
  });

  it.each([
    ['Destination endpoint not found. Resource details: …'],
    ['The attempt to validate the provided endpoint failed: Endpoint validation'],
    ['Managed Identity Authorization Error'],
  ])('tries again at: %s', async (said) => {
    set({ deploymentFaults: times(3, said) });

    expect(await step('subscribe')).toMatchObject({ code: 0, waited: 420 });
    expect(machine.state.changes).toEqual(times(4, second));
  });

  it('tries three times more, and no other fault at all', async () => {
    set({ deploymentFaults: times(9, 'Managed Identity Authorization Error') });
    const often = await step('subscribe');
    const tries = machine.state.changes.length;
    set({ deploymentFaults: times(9, '(InvalidTemplate) as Azure says it') });
    const once = await step('subscribe');

    expect([often.code, tries, once.code, machine.state.changes.length]).toEqual([1, 4, 1, 1]);
    expect(once.lines.slice(-2)).toEqual([
      'The app is deployed, but not subscribed to events: ERROR: (InvalidTemplate) as Azure says it',
      again,
    ]);
  });
});

describe('deploy.mjs subscribe --azd', () => {
  const provisioned = 'azd provision --no-prompt, events true';
  const noted = 'azd env set AIRLOCK_SUBSCRIBE true';

  it('notes it after success only', async () => {
    set({ deploymentFaults: ['Destination endpoint not found'] });

    expect(await step('subscribe', '--azd')).toMatchObject({ code: 0, waited: 60 });
    expect(machine.state.changes).toEqual([provisioned, provisioned, noted]);
  });

  it('leaves the flag as it was where it fails, so that azd up does it', async () => {
    set({ deploymentFaults: ['(InvalidTemplate)'] });
    const { code, lines } = await step('subscribe', '--azd');

    expect([code, machine.state.changes, machine.state.azdEnvironment]).toEqual([1, [provisioned], {}]);
    expect(lines.at(-2)).toContain("error executing step command 'provision': (InvalidTemplate)");
    expect(lines.at(-1)).toBe(again);
  });

  it('subscribes although the environment of azd says false, as it does after azd down', async () => {
    machine.env = { ...machine.env, AIRLOCK_SUBSCRIBE: 'false' };
    set({ azdEnvironment: { AIRLOCK_SUBSCRIBE: 'false' } });

    expect((await step('subscribe', '--azd')).code).toBe(0);
    expect(machine.state.changes).toEqual([provisioned, noted]);
  });

  it('does nothing where it is done', async () => {
    machine.env = { ...machine.env, AIRLOCK_SUBSCRIBE: 'true' };

    expect((await step('subscribe', '--azd')).code).toBe(0);
    expect([machine.state.changes, machine.state.looks]).toEqual([[], []]);
  });
});

it('deploy.mjs says which steps there are', async () => {
  const { code, lines } = await step('all');

  expect([code, lines]).toEqual([
    2,
    ['deploy.mjs takes one of the steps templates, wait-for-roles, upload, subscribe.'],
  ]);
});
