/** Reads what `bicep snapshot` writes: the resources that Resource Manager's own engine, offline, would deploy. */
import { type ZodType, z } from 'zod';
import { evaluateText, type Reference } from './armExpression.js';
import { type Deployed, type Deployment, SUBSCRIPTION } from './deploy.js';
import { holds, isList, isMembers, type Members, textOf, Unknown, type Value } from './values.js';

const VALUE: ZodType<Value> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(VALUE), MEMBERS]),
);
const MEMBERS: ZodType<Members> = z.record(z.string(), VALUE);

const SNAPSHOT = z.object({
  predictedResources: z.array(MEMBERS),
  diagnostics: z.array(z.unknown()).length(0),
  outputs: MEMBERS,
});

/** Not part of what is sent, or the address that it is sent to. */
const NOT_SENT: readonly string[] = ['id', 'type', 'name', 'apiVersion', 'condition'];

const PLACE = { file: '', scope: SUBSCRIPTION, subscription: SUBSCRIPTION, environment: {} };

/** What only a deployment tells stays unknown. */
const unknown: Reference = (id, full) => new Unknown(id, full ? [] : ['properties']);

/**
 * Reads the text of a snapshot into what the evaluator makes of the same templates (`deployWithOutputs`), without the
 * deployments of modules. Throws where the engine had something to say, and at what it left open but a `reference`.
 */
export function readSnapshot(json: string, reference: Reference = unknown): Deployment {
  const { predictedResources, outputs } = SNAPSHOT.parse(JSON.parse(json));
  return {
    resources: predictedResources.flatMap((one) => readPredicted(one, reference) ?? []),
    outputs: evaluated(outputs, reference),
  };
}

/**
 * One of `predictedResources`, which come in an order in which they can be deployed; undefined where its condition does
 * not hold.
 *
 * @param reference what is known of resources that are deployed already
 */
export function readPredicted(predicted: Members, reference: Reference): Deployed | undefined {
  const { id = null, type = null, apiVersion = null, name = null, condition = true } = predicted;
  if (!holds(evaluatedValue(condition, reference))) return undefined;
  const sent = Object.entries(predicted).filter(([member]) => !NOT_SENT.includes(member));
  const at = textOf(evaluatedValue(id, reference));
  return {
    type: textOf(type),
    apiVersion: textOf(apiVersion),
    id: at,
    name: textOf(evaluatedValue(name, reference)).split('/').at(-1) ?? '',
    scope: at.slice(0, Math.max(at.lastIndexOf('/providers/'), at.indexOf('/', '/subscriptions/'.length))),
    body: evaluated(Object.fromEntries(sent), reference),
  };
}

function evaluated(members: Members, reference: Reference): Members {
  return Object.fromEntries(
    Object.entries(members).map(([key, value]) => [
      textOf(evaluateText(key, PLACE, reference)),
      evaluatedValue(value, reference),
    ]),
  );
}

function evaluatedValue(value: Value, reference: Reference): Value {
  if (typeof value === 'string') return evaluateText(value, PLACE, reference);
  if (isList(value)) return value.map((one) => evaluatedValue(one, reference));
  return isMembers(value) ? evaluated(value, reference) : value;
}
