/** How Airflow 3 reads the bodies of requests, and what it says to those that it does not take. */
import type { ServiceResponse } from '../../kernel/types.js';
import type { RestApi } from './views.js';

const RUN_FIELDS = [
  'dag_run_id',
  'logical_date',
  'data_interval_start',
  'data_interval_end',
  'run_after',
  'conf',
  'note',
  'partition_key',
];

export function createV2Requests(): Pick<RestApi, 'json' | 'newRun' | 'paused' | 'newVariable'> {
  return {
    json(body, contentType) {
      const text = body.toString('utf8');
      if (contentType?.startsWith('application/json') !== true) return notAnObject(text);
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return invalid('json_invalid', ['body', 1], 'JSON decode error', {}, { error: 'Expecting value' });
      }
    },

    newRun(body) {
      const read = fields(body, RUN_FIELDS);
      if ('refused' in read) return read;
      const { conf, dag_run_id: id, note, logical_date: logicalDate } = read.fields;
      if (logicalDate === undefined)
        return invalid('missing', ['body', 'logical_date'], 'Field required', body);
      for (const [field, value] of Object.entries({ dag_run_id: id, note, logical_date: logicalDate })) {
        if (value !== undefined && value !== null && typeof value !== 'string') return notText(field, value);
      }
      if (conf !== undefined && conf !== null && !isRecord(conf)) {
        return invalid('dict_type', ['body', 'conf'], 'Input should be a valid dictionary', conf);
      }
      return {
        id: textOrNull(id),
        conf: isRecord(conf) ? conf : {},
        note: textOrNull(note),
        logicalDate: textOrNull(logicalDate),
      };
    },

    paused(body) {
      const read = fields(body, ['is_paused']);
      if ('refused' in read) return read;
      const { is_paused: paused } = read.fields;
      if (typeof paused === 'boolean') return paused;
      return paused === undefined
        ? invalid('missing', ['body', 'is_paused'], 'Field required', body)
        : invalid('bool_type', ['body', 'is_paused'], 'Input should be a valid boolean', paused);
    },

    newVariable(body) {
      const read = fields(body, ['key', 'value', 'description', 'team_name']);
      if ('refused' in read) return read;
      const { key, value, description } = read.fields;
      if (key === undefined) return invalid('missing', ['body', 'key'], 'Field required', body);
      if (typeof key !== 'string') return notText('key', key);
      const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
      return { key, value: text, description: textOrNull(description) };
    },
  };
}

/** The body as an object, without fields that are not known. */
function fields(body: unknown, known: readonly string[]) {
  if (!isRecord(body)) return notAnObject(body);
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  return unknown === undefined
    ? { fields: body }
    : invalid('extra_forbidden', ['body', unknown], 'Extra inputs are not permitted', body[unknown]);
}

function notAnObject(input: unknown) {
  const message = 'Input should be a valid dictionary or object to extract fields from';
  return invalid('model_attributes_type', ['body'], message, input);
}

function notText(field: string, input: unknown) {
  return invalid('string_type', ['body', field], 'Input should be a valid string', input);
}

/** Pydantic's complaint about one place of the body. */
function invalid(
  type: string,
  loc: readonly (string | number)[],
  msg: string,
  input: unknown,
  ctx?: object,
): { refused: ServiceResponse } {
  const complaint = { type, loc, msg, input, ...(ctx === undefined ? {} : { ctx }) };
  const headers = { 'content-type': 'application/json' };
  return { refused: { status: 422, headers, body: { detail: [complaint] } } };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
