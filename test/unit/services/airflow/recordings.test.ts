import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { call, RUNTIME_ID } from '../cloud.js';
import { createWorld, HOST } from './world.js';

const RECORDING = z.object({
  name: z.string(),
  method: z.string(),
  path: z.string(),
  login: z.enum(['none', 'right', 'wrong', 'wrongBearer', 'basic']),
  contentType: z.string().optional(),
  requestBody: z.string().optional(),
  status: z.number(),
  contentTypeOut: z.string(),
  answer: z.unknown(),
});
type Recording = z.infer<typeof RECORDING>;

/** Bodies of errors whose texts hold something that only the recorded server knew. */
const ONLY_SHAPE = ['run_post_dup', 'token_missing', 'run_post_invalid_json'];
/** What a DAG returned: the recorded one returned no text. */
const FREE = ['value'];

/** JSON with each leaf replaced by its type; of a list only the first element counts. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const members = Object.entries(value).map(([key, member]) => [
    key,
    FREE.includes(key) ? 'free' : shape(member),
  ]);
  return Object.fromEntries(members.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

const basic = (password: string) => `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;

/** A runtime with the DAGs that the recorded one had, and its login. */
function recordedWorld(version: string) {
  const world = createWorld(version);
  Object.assign(world.processes, { enableAADIntegration: false, userName: 'admin', password: 'admin' });
  const check = { file: 'plain', behaviour: 'forged', forgedAnswer: '{}' } as const;
  world.airflow.configure(RUNTIME_ID, {
    dags: { airlock_check: null, akv_check: check, akv_check_json: check, tutorial: {} },
  });
  return world;
}

async function authorization(
  { airflow }: ReturnType<typeof recordedWorld>,
  version: string,
  { login }: Recording,
) {
  switch (login) {
    case 'none':
      return undefined;
    case 'basic':
      return basic('admin');
    case 'wrong':
      return basic('wrong');
    case 'wrongBearer':
      return 'Bearer wrong';
    case 'right': {
      if (version.startsWith('2')) return basic('admin');
      const body = { username: 'admin', password: 'admin' };
      const token = await call(airflow, 'POST', `https://${HOST}/auth/token`, { body });
      return `Bearer ${Reflect.get(Object(token.body), 'access_token')}`;
    }
  }
}

it.each(['2.6.3', '2.10.5', '3.3.2'])('answers as Airflow %s does', async (version) => {
  const file = new URL(`../../../recordings/airflow/${version}.json`, import.meta.url);
  const recordings = z.array(RECORDING).parse(JSON.parse(readFileSync(file, 'utf8')));
  const world = recordedWorld(version);
  const { airflow, cloud } = world;
  const differences: unknown[] = [];

  for (const recording of recordings) {
    const { name, method, path, requestBody, contentType } = recording;
    if (name === 'broken_importErrors') {
      airflow.configure(RUNTIME_ID, { dags: { broken: { importError: 'ModuleNotFoundError: No module' } } });
    }
    const login = await authorization(world, version, recording);
    const answer = await call(airflow, method, `https://${HOST}${path.replace('/read', '/run')}`, {
      headers: {
        ...(login === undefined ? {} : { authorization: login }),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      },
      ...(requestBody === undefined ? {} : { body: requestBody }),
    });
    await cloud.clock.advance(method === 'POST' ? 20_000 : 0);

    const exact = recording.status >= 400 && !ONLY_SHAPE.includes(name);
    const view = exact ? (body: unknown) => body : shape;
    const got = [answer.status, answer.headers['content-type'], view(answer.body)];
    const wanted = [recording.status, recording.contentTypeOut, view(recording.answer)];
    try {
      expect(got).toEqual(wanted);
    } catch {
      differences.push({ name, got, wanted });
    }
  }

  expect(differences).toEqual([]);
  expect(recordings.length).toBeGreaterThan(40);
});
