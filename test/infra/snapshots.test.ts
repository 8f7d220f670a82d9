import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { differences } from './compile/compare.js';
import { recordedSnapshot } from './compile/snapshots.js';
import { deployWithOutputs } from './evaluate/deploy.js';
import { readPredicted, readSnapshot } from './evaluate/snapshot.js';
import { type Members, Unknown } from './evaluate/values.js';
import { RECORDED } from './options.js';

const PREDICTED = z.object({ predictedResources: z.array(z.custom<Members>()) });

describe.each(RECORDED)('the recorded snapshot $name', (options) => {
  const recorded = readSnapshot(recordedSnapshot(options));

  it('is what the templates deploy', () => {
    const evaluated = deployWithOutputs(options.over, options.environment);

    // Templates were changed: `npm run snapshots:record` has the compiler record what they deploy now.
    expect(differences(recorded, evaluated)).toEqual([]);
  });

  it('has each resource after those that it asks', () => {
    const { predictedResources } = PREDICTED.parse(JSON.parse(recordedSnapshot(options)));
    const all = recorded.resources.map(({ id }) => id);
    const done: string[] = [];
    const early: string[] = [];
    for (const one of predictedResources) {
      const read = readPredicted(one, (id, full) => {
        if (all.includes(id) && !done.includes(id)) early.push(id);
        return new Unknown(id, full ? [] : ['properties']);
      });
      done.push(read?.id ?? '');
    }

    expect(done).toEqual(all);
    expect(early).toEqual([]);
  });

  it('is of no day and no machine', () => {
    expect(recordedSnapshot(options)).not.toMatch(/\/(?:tmp|home|Users)\/|\bC:\\/);
    expect(recorded.resources.length).toBeGreaterThan(30);
  });
});

const ID = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/app';
const SITE = { id: ID, type: 'Microsoft.Web/sites', name: 'app', apiVersion: '2025-03-01' };

function snapshotOf(...predictedResources: readonly object[]) {
  return readSnapshot(JSON.stringify({ predictedResources, diagnostics: [], outputs: {} }));
}

describe('a snapshot', () => {
  it('is read with what only Azure knows', () => {
    const scope = "reference('/subscriptions/s/resourceGroups/g/providers/Microsoft.X/y/z', '2020-01-01')";
    const [one] = snapshotOf({
      ...SITE,
      id: `[extensionResourceId('${ID}', 'Microsoft.X/y', format('{0}''s {{x}', ${scope}.a.b))]`,
      condition: `[and(true(), not(empty(${scope}.a)))]`,
      properties: { '[[literal': '[[x]', list: [`[${scope}.c]`] },
    }).resources;

    expect(one).toMatchObject({ scope: ID, id: `${ID}/providers/Microsoft.X/y/<z.properties.a.b>'s {x}` });
    expect(JSON.stringify(one?.body, (_key, value) => value)).toContain('"[literal":"[x]"');
  });

  it.each([
    [{ ...SITE, properties: { x: '[newGuid()]' } }, '[newGuid()]: the function newGuid is not known here.'],
    [{ ...SITE, properties: { x: "[variables('x')]" } }, 'the function variables is not known here.'],
    [{ ...SITE, name: '[concat(]' }, '[concat(]: this is no expression.'],
    [{ ...SITE, name: "['a' 'b']" }, "['a' 'b']: this is no expression."],
  ])('is not read where something in it is not known: %j', (resource, said) => {
    expect(() => snapshotOf(resource)).toThrow(said);
  });
});

describe('differences', () => {
  it('are told resource by resource, value by value', () => {
    const long = 'a'.repeat(400);
    const group = '/subscriptions/s/resourceGroups/rg';
    const role = (id: string, name: string) => ({
      id: `${id}/providers/Microsoft.Authorization/roleAssignments/${name}`,
      type: 'Microsoft.Authorization/roleAssignments',
      name,
      apiVersion: '2022-04-01',
    });
    const was = snapshotOf(
      { ...role('/subscriptions/s', 'r'), condition: false },
      { id: group, type: 'Microsoft.Resources/resourceGroups', name: 'rg', apiVersion: '2025-04-01' },
      { ...SITE, properties: { on: true, list: ['a'], text: `${long}b${long}` } },
      { ...SITE, id: `${ID}-gone`, name: 'app-gone' },
    );
    const is = snapshotOf(
      role('/subscriptions/s', 'r'),
      {
        ...SITE,
        id: `${ID}/config/appsettings`,
        type: 'Microsoft.Web/sites/config',
        name: 'app/appsettings',
      },
      { ...SITE, properties: { on: false, list: ['a', 'b'], text: `${long}c${long}` } },
      { ...SITE, id: `${ID}-new`, name: 'app-new' },
    );

    expect(differences(was, is)).toEqual([
      '- Microsoft.Resources/resourceGroups rg in the subscription',
      '- Microsoft.Web/sites app-gone in resourceGroups/g',
      '+ Microsoft.Authorization/roleAssignments r in the subscription',
      '+ Microsoft.Web/sites/config app/appsettings in resourceGroups/g',
      '  Microsoft.Web/sites app in resourceGroups/g',
      '      properties.on: true is now false',
      '      properties.list.1: nothing is now "b"',
      `      properties.text: …${'a'.repeat(60)}b${'a'.repeat(59)}… is now …${'a'.repeat(60)}c${'a'.repeat(59)}…`,
      '+ Microsoft.Web/sites app-new in resourceGroups/g',
    ]);
    expect(differences(is, is)).toEqual([]);
  });
});
