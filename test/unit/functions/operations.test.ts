import { readFileSync } from 'node:fs';
import { app } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeApi, requestTable } from '../../../src/functions/http/describe.js';
import { openApiDocument } from '../../../src/functions/http/openApi.js';
import { OPERATIONS } from '../../../src/functions/http/operations.js';
import { registerHttp } from '../../../src/functions/http/routes.js';
import { depsOf } from '../../integration/functions/deps.js';

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Which function serves which method and path, as they are registered. */
const served: { readonly name: string; readonly at: string }[] = [];

beforeAll(() => {
  vi.spyOn(app, 'http').mockImplementation((name, options) => {
    for (const method of options.methods ?? []) served.push({ name, at: `${method} /api/${options.route}` });
  });
  registerHttp(depsOf(), []);
});
afterAll(() => {
  vi.restoreAllMocks();
});

describe('the table of operations', () => {
  it('names each operation, and each method of a route, once', () => {
    const names = OPERATIONS.map(({ name }) => name);
    const places = OPERATIONS.map(({ method, route }) => `${method} ${route}`);

    expect(names).toHaveLength(new Set(names).size);
    expect(places).toHaveLength(new Set(places).size);
  });

  it.each(OPERATIONS)('says of $name who may call it, what for, and what it answers', (operation) => {
    const { role, purposes, answers, body, route } = operation;
    const statuses = Object.keys(answers).map(Number);

    expect(['reader', 'operator', 'approver']).toContain(role);
    expect(role === 'reader').toBe(operation.method === 'GET');
    expect(purposes).not.toEqual([]);
    expect(statuses.filter((status) => status < 300)).toHaveLength(1);
    expect(statuses).toEqual(expect.arrayContaining([401, 403, 500, 503]));
    for (const status of [400, 413, 415]) expect(statuses.includes(status)).toBe(body !== undefined);
    expect(statuses.includes(404)).toBe(route.includes('{id}'));
  });

  it.each(OPERATIONS)('loads the function of $name', async ({ name, load }) => {
    expect((await load()).name).toBe(name);
  });
});

describe('what is registered', () => {
  it('is what is described, and the refusal of every other method', async () => {
    const { paths } = (await openApiDocument('functionKey')) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        name: operationId,
        at: `${method.toUpperCase()} ${path}`,
      })),
    );
    const refused = served.filter(({ name }) => name.startsWith('refuseOn'));
    const carriedOut = served.filter((one) => !refused.includes(one));

    expect(new Set(carriedOut)).toEqual(new Set(described));
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    const all = Object.keys(paths).flatMap((path) => methods.map((method) => `${method} ${path}`));
    expect(served.map(({ at }) => at).sort()).toEqual(all.sort());
  });
});

describe('what is made from the table', () => {
  it('is the description that the app serves (npm run schemas)', () => {
    expect(JSON.parse(file('schema/openapi.json'))).toEqual(JSON.parse(JSON.stringify(describeApi())));
  });

  it('is the table of requests in README (npm run docs)', () => {
    expect(file('README.md')).toContain(`\n${requestTable()}\n`);
  });
});
