import { HttpRequest } from '@azure/functions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/functions/http/body.js';

async function read(body: string, type = 'application/json'): Promise<unknown> {
  const request = new HttpRequest({
    method: 'POST',
    url: 'http://127.0.0.1/api/runs',
    headers: { 'content-type': type },
    body: { string: body },
  });
  const result = await readJson(request);
  return result.kind === 'json' ? result.value : result.response.status;
}

describe('a body', () => {
  it.each([
    ['application/json', true],
    ['Application/JSON; charset=utf-8', true],
    ['application/merge-patch+json', true],
    ['application/json-seq', false],
    ['application/jsonp', false],
    ['text/json', false],
    ['text/plain', false],
  ])('of type %s is read: %s', async (type, fine) => {
    expect(await read('{}', type)).toEqual(fine ? {} : 415);
  });

  it('has at most 64 KB, counted in bytes', async () => {
    const of = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

    expect(await read(of(65_536))).toHaveLength(65_534);
    expect(await read(of(65_537))).toBe(413);
    expect(await read(JSON.stringify('ä'.repeat(40_000)))).toBe(413);
  });

  it('has at most 16 levels; brackets in texts are none', async () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const quoted = String.raw`{"a":"[[[[[[[[[[[[[[[[[[[[\"[{\\"}`;

    expect(await read(nested(16))).toBeInstanceOf(Array);
    expect(await read(nested(17))).toBe(400);
    expect(await read(quoted)).toEqual(JSON.parse(quoted));
  });

  it.each(['', '{', '{"a":}', 'undefined', ']', '"'])('that is %j is refused', async (text) => {
    expect(await read(text)).toBe(400);
  });

  it.each([
    { headers: {}, says: 'Content-Length' },
    { headers: { 'content-length': '0' }, says: 'parsed as JSON' },
  ])('that did not arrive, with $headers, is refused with what to do', async ({ headers, says }) => {
    const given = { method: 'POST', url: 'http://127.0.0.1/api/runs', body: { string: '' } };
    const type = { 'content-type': 'application/json' };
    const result = await readJson(new HttpRequest({ ...given, headers: { ...type, ...headers } }));

    expect(result).toMatchObject({
      kind: 'refused',
      response: { status: 400, body: expect.stringContaining(says) },
    });
  });

  it('of any text is read as JSON.parse reads it, or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json({ maxDepth: 20 }), fc.string()), async (text) => {
        const result = await read(text);
        if (result === 400) return;
        expect(result).toEqual(JSON.parse(text));
      }),
    );
  });
});
