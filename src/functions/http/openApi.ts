import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { AppSettings } from '../../config/appSettings.js';
import type { FunctionDeps } from '../deps.js';
import type { Role } from './authorization.js';
import { json } from './problem.js';

/** `GET /api/openapi.json`: the OpenAPI 3.1 description, generated from the schemas that check the requests. */
export async function getOpenApi(
  _request: HttpRequest,
  _context: InvocationContext,
  deps: FunctionDeps,
): Promise<HttpResponseInit> {
  return json(200, await openApiDocument(deps.settings().httpAuth));
}

/** The description as a value. */
export async function openApiDocument(auth: AppSettings['httpAuth']): Promise<Record<string, unknown>> {
  const [z, schemas] = await Promise.all([import('zod'), import('./schemas.js')]);
  const registry = z.registry<{ id: string }>();
  registry.add(schemas.startRequest, { id: 'StartRequest' });
  registry.add(schemas.approveRequest, { id: 'ApproveRequest' });
  registry.add(schemas.overlapRequest, { id: 'OverlapRequest' });
  registry.add(schemas.startedRun, { id: 'StartedRun' });
  registry.add(schemas.runView, { id: 'Run' });
  registry.add(schemas.runList, { id: 'RunList' });
  registry.add(schemas.problemDocument, { id: 'Problem' });
  const generated = z.toJSONSchema(registry, {
    io: 'input',
    target: 'draft-2020-12',
    uri: (id) => `#/components/schemas/${id}`,
  });
  const components = Object.fromEntries(
    Object.entries(generated.schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]),
  );
  const listQuery = z.toJSONSchema(schemas.listQuery, { io: 'input', target: 'draft-2020-12' });

  return {
    openapi: '3.1.0',
    info: {
      title: 'Airlock',
      version: '1',
      description: 'Starts, reads and cancels runs on managed Airflow runtimes.',
    },
    servers: [{ url: '/' }],
    paths: {
      '/api/runs': {
        post: {
          operationId: 'startRun',
          summary: 'Start an enablement, an access check, a rotation, a sweep, a preflight, or a dry run',
          ...needs(auth, 'operator'),
          parameters: [
            {
              name: 'Idempotency-Key',
              in: 'header',
              schema: { type: 'string', minLength: 1, maxLength: 255 },
              description:
                'The same key and body is the same run, also when it has ended, for as long as it is kept.',
            },
          ],
          requestBody: { required: true, content: { 'application/json': { schema: ref('StartRequest') } } },
          responses: {
            202: {
              ...content('The run is started, or was before.', 'StartedRun'),
              headers: {
                Location: { schema: { type: 'string' }, description: 'Where to read the run.' },
                'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' },
                'Idempotent-Replay': { schema: { const: 'true' }, description: 'The key came before.' },
              },
            },
            400: refusal('The body is not JSON, is too deep, or came without a Content-Length.'),
            413: refusal('The body is too large.'),
            415: refusal('The content type is not JSON.'),
            422: refusal('A field is wrong, or the key came before with another body.'),
            ...REFUSALS,
          },
        },
        get: {
          operationId: 'listRuns',
          summary: 'List runs, newest first',
          ...needs(auth, 'reader'),
          parameters: Object.entries(listQuery.properties ?? {}).map(([name, schema]) => ({
            name,
            in: 'query',
            schema,
          })),
          responses: {
            200: content('Runs.', 'RunList'),
            422: refusal('A parameter is wrong.'),
            ...REFUSALS,
          },
        },
      },
      '/api/runs/{id}': {
        get: {
          operationId: 'getRun',
          summary: 'Read a run with its audit trail',
          ...needs(auth, 'reader'),
          parameters: [RUN_ID],
          responses: { 200: content('The run.', 'Run'), 404: refusal('No such run.'), ...REFUSALS },
        },
      },
      '/api/runs/{id}/cancel': {
        post: {
          operationId: 'cancelRun',
          summary: 'Ask a run to stop',
          ...needs(auth, 'operator'),
          parameters: [RUN_ID],
          responses: {
            202: content('Asked for; the run ends by itself.', 'StartedRun'),
            404: refusal('No such run.'),
            409: refusal('The run has ended, or can only go on (`pastCancelling`).'),
            ...REFUSALS,
          },
        },
      },
      '/api/runs/{id}/approve': {
        post: {
          operationId: 'approveRun',
          summary: 'Approve or reject the step that a rotation waits at',
          ...needs(auth, 'approver'),
          ...tells('ApproveRequest'),
        },
      },
      '/api/runs/{id}/overlap': {
        post: {
          operationId: 'setOverlap',
          summary: 'Shorten or extend the overlap of a rotation',
          ...needs(auth, 'operator'),
          ...tells('OverlapRequest'),
        },
      },
      '/api/openapi.json': {
        get: {
          operationId: 'getOpenApi',
          summary: 'This description',
          ...needs(auth, 'reader'),
          responses: {
            200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: {} } } },
            ...REFUSALS,
          },
        },
      },
    },
    components: {
      schemas: components,
      securitySchemes:
        auth === 'functionKey'
          ? { functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' } }
          : { appService: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

const RUN_ID = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string' },
  description: 'Id of the run.',
};

const REFUSALS = {
  401: { description: 'No key, or not signed in.' },
  403: refusal('The role is missing.'),
  500: refusal('The request failed unexpectedly.'),
  503: refusal('The app is not configured, or has no signing key for what is asked (`signingKeyMissing`).'),
};

/** An operation that tells a waiting run something. */
function tells(request: string) {
  return {
    parameters: [RUN_ID],
    requestBody: { required: true, content: { 'application/json': { schema: ref(request) } } },
    responses: {
      202: content('Told; the run goes on within minutes.', 'StartedRun'),
      400: refusal('The body is not JSON, is too deep, or came without a Content-Length.'),
      404: refusal('No such run.'),
      409: refusal(
        'The run does not wait for this, not yet (`notOpenYet`), or somebody has decided (`alreadyDecided`).',
      ),
      413: refusal('The body is too large.'),
      415: refusal('The content type is not JSON.'),
      422: refusal('A field is wrong.'),
      ...REFUSALS,
    },
  };
}

function ref(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

function content(description: string, name: string) {
  return { description, content: { 'application/json': { schema: ref(name) } } };
}

function refusal(description: string) {
  return { description, content: { 'application/problem+json': { schema: ref('Problem') } } };
}

/** With App Service authentication the role is the app role that a caller needs; a key opens everything. */
function needs(auth: AppSettings['httpAuth'], role: Role) {
  return { security: [auth === 'functionKey' ? { functionKey: [] } : { appService: [role] }] };
}
