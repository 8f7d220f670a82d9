import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectFile } from '../../../local/project.js';
import { PRINCIPALS } from '../../../local/sample/names.js';
import { APPLICATION, FRESH, IDENTITY, Machine } from './machine.js';

const config = ['--config', projectFile('local/sample/airlock.yaml')];
const machine = new Machine();
beforeEach(() => {
  machine.state = FRESH;
});
afterAll(() => machine.remove());

describe('graph.mjs', () => {
  it('grants the permission and the ownership, once', async () => {
    const first = await machine.node('graph.mjs', ...config, '--principal', IDENTITY);
    const granted = machine.state;
    const second = await machine.node('graph.mjs', ...config, '--principal', IDENTITY);

    expect(first.lines).toEqual([
      `granted     Application.ReadWrite.OwnedBy for ${IDENTITY}`,
      `granted     owner of airflow-secrets (${PRINCIPALS.airflow})`,
    ]);
    expect(granted.graph[`servicePrincipals/${IDENTITY}/appRoleAssignments`]).toEqual({
      value: [
        { principalId: IDENTITY, resourceId: 'graph', appRoleId: '18a4783c-866b-4cc7-a460-3d5e5662c884' },
      ],
    });
    expect(second.lines.every((line) => line.startsWith('exists '))).toBe(true);
    expect(machine.state).toEqual(granted);
  });

  it('changes nothing on a dry run', async () => {
    const { lines } = await machine.node('graph.mjs', ...config, '--principal', IDENTITY, '--dry-run');

    expect(lines.every((line) => line.startsWith('would grant '))).toBe(true);
    expect(machine.state.changes).toEqual([]);
  });

  it('goes on where one of the two is refused, and says who may do it', async () => {
    machine.state = { ...FRESH, graphFaults: ['Forbidden({"code":"Authorization_RequestDenied"})'] };
    const first = await machine.node('graph.mjs', ...config, '--principal', IDENTITY);
    machine.state = { ...FRESH, graphFaults: ['', 'Forbidden({"code":"Authorization_RequestDenied"})'] };
    const second = await machine.node('graph.mjs', ...config, '--principal', IDENTITY);
    const remedy = (role: string) =>
      `            it takes ${role}; let somebody who is that run: node infra/scripts/graph.mjs --principal ${IDENTITY}`;

    expect([first.code, second.code]).toEqual([1, 1]);
    expect(first.lines).toEqual([
      `granted     owner of airflow-secrets (${PRINCIPALS.airflow})`,
      expect.stringMatching(/^refused {5}Application\.ReadWrite\.OwnedBy for .*Authorization_RequestDenied/),
      remedy('Privileged Role Administrator'),
    ]);
    expect(second.lines).toContain(remedy('an owner of the application, or Cloud Application Administrator'));
  });

  it('takes the identity that azd knows', async () => {
    machine.env = { AIRLOCK_PRINCIPAL_ID: IDENTITY };
    const { lines } = await machine.node('graph.mjs', ...config, '--dry-run');
    machine.env = {};

    expect(lines[0]).toBe(`would grant Application.ReadWrite.OwnedBy for ${IDENTITY}`);
  });

  it('says which application or identity is missing, and fails', async () => {
    const { [APPLICATION]: _gone, ...graph } = FRESH.graph;
    machine.state = { ...FRESH, graph };
    const noApplication = await machine.node('graph.mjs', ...config, '--principal', IDENTITY);
    const noIdentity = await machine.node('graph.mjs', ...config, '--principal', IDENTITY.replace('1', '9'));
    const noGuid = await machine.node('graph.mjs', ...config, '--principal', 'func-airlock');

    expect(noApplication).toMatchObject({ code: 1 });
    expect(noApplication.lines.join()).toContain(`there is no application ${PRINCIPALS.airflow}`);
    expect(noIdentity.lines.join()).toContain('there is no service principal');
    expect(noIdentity.code).toBe(1);
    expect(noGuid.code).toBe(2);
  });
});
