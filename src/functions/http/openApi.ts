import type { HttpResponseInit } from '@azure/functions';
import { json } from './problem.js';

/** `GET /api/openapi.json`: the OpenAPI 3.1 description, generated from the schemas that check the requests. */
export async function getOpenApi(): Promise<HttpResponseInit> {
  return json(200, await openApiDocument());
}

/** The description as a value. */
export async function openApiDocument(): Promise<Record<string, unknown>> {
  const [z, schemas] = await Promise.all([import('zod'), import('./schemas.js')]);
  const schema = (name: 'startRequest' | 'startedRun' | 'runView' | 'runList' | 'problemDocument') => {
    const { $schema: _, ...rest } = z.toJSONSchema(schemas[name], {
      io: name === 'startRequest' ? 'input' : 'output',
      target: 'draft-2020-12',
    });
    return rest;
  };
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const answer = (description: string, name: string) => ({
    description,
    content: { 'application/json': { schema: ref(name) } },
  });
  const refusal = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: ref('Problem') } },
  });
  const denied = { 401: { description: 'No key, or not signed in.' }, 403: refusal('The role is missing.') };
  const id = {
    name: 'id',
    in: 'path',
    required: true,
    schema: { type: 'string' },
    description: 'Id of the run.',
  };
  const query = (name: string, description: string, type = 'string') => ({
    name,
    in: 'query',
    schema: { type },
    description,
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Airlock',
      version: '1',
      description: 'Starts, reads and cancels runs on managed Airflow runtimes.',
    },
    servers: [{ url: '/' }],
    security: [{ functionKey: [] }],
    paths: {
      '/api/runs': {
        post: {
          operationId: 'startRun',
          summary: 'Start an enablement, a dry run or an access check',
          parameters: [
            {
              name: 'Idempotency-Key',
              in: 'header',
              schema: { type: 'string', minLength: 1, maxLength: 255 },
              description: 'The same key and body is the same run, also when it has ended.',
            },
          ],
          requestBody: { required: true, content: { 'application/json': { schema: ref('StartRequest') } } },
          responses: {
            202: {
              ...answer('The run is started, or was before.', 'StartedRun'),
              headers: {
                Location: { schema: { type: 'string' }, description: 'Where to read the run.' },
                'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' },
              },
            },
            400: refusal('The body is not JSON or is too deep.'),
            413: refusal('The body is too large.'),
            415: refusal('The content type is not JSON.'),
            422: refusal('A field is wrong, or the key came before with another body.'),
            ...denied,
          },
        },
        get: {
          operationId: 'listRuns',
          summary: 'List runs, newest first',
          parameters: [
            query('status', 'Only runs of this status.'),
            query('target', 'Only runs on this runtime (resource id) or profile.'),
            query('top', 'How many, 1 to 200; default 50.', 'integer'),
            query('before', '`next` of the page before.'),
          ],
          responses: { 200: answer('Runs.', 'RunList'), 422: refusal('A parameter is wrong.'), ...denied },
        },
      },
      '/api/runs/{id}': {
        get: {
          operationId: 'getRun',
          summary: 'Read a run with its audit trail',
          parameters: [id],
          responses: { 200: answer('The run.', 'Run'), 404: refusal('No such run.'), ...denied },
        },
      },
      '/api/runs/{id}/cancel': {
        post: {
          operationId: 'cancelRun',
          summary: 'Ask a run to stop',
          parameters: [id],
          responses: {
            202: answer('Asked for; the run ends by itself.', 'StartedRun'),
            404: refusal('No such run.'),
            409: refusal('The run has ended.'),
            ...denied,
          },
        },
      },
      '/api/openapi.json': {
        get: {
          operationId: 'getOpenApi',
          summary: 'This description',
          responses: { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': {} } }, ...denied },
        },
      },
    },
    components: {
      schemas: {
        StartRequest: schema('startRequest'),
        StartedRun: schema('startedRun'),
        Run: schema('runView'),
        RunList: schema('runList'),
        Problem: schema('problemDocument'),
      },
      securitySchemes: { functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
    },
  };
}
