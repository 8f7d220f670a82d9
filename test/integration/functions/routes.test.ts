import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCloud, type TestCloud } from '../app/harness.js';

describe('the routes of the HTTP API', () => {
  let cloud: TestCloud;

  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(async () => {
    await cloud.handle.stop();
  });

  it.each([
    ['PUT', '/api/runs', 'POST, GET'],
    ['DELETE', '/api/runs/rq-0', 'GET'],
    ['POST', '/api/runs/rq-0', 'GET'],
    ['GET', '/api/runs/rq-0/cancel', 'POST'],
    ['PATCH', '/api/openapi.json', 'GET'],
  ])('refuse %s %s and name what is served', async (method, path, allow) => {
    const answer = await cloud.client.functions(path, { method });
    const withoutKey = await fetch(new URL(path, cloud.client.ready.functions), { method });

    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(await answer.json()).toMatchObject({ type: 'urn:airlock:problem:methodNotAllowed' });
    expect(withoutKey.status).toBe(401);
  });

  it.each(['/api/runs/%zz', '/api/runs/%E0%A4', '/api/runs/a%2Fb'])('find no run at %s', async (path) => {
    const answer = await cloud.client.functions(path);

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ type: 'urn:airlock:problem:noSuchRun' });
  });

  it('are all described', async () => {
    const document = (await (await cloud.client.functions('/api/openapi.json')).json()) as {
      paths: Record<string, object>;
    };

    for (const [path, operations] of Object.entries(document.paths)) {
      const answer = await cloud.client.functions(path.replace('{id}', 'rq-0'), { method: 'PUT' });
      const described = Object.keys(operations).map((method) => method.toUpperCase());
      expect(answer.headers.get('allow')?.split(', '), path).toEqual(described);
    }
  });
});
