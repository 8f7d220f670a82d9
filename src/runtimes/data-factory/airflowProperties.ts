import { isJsonObject, type JsonObject } from '../../domain/values/json.js';

/** `properties.typeProperties.airflowProperties`, if it is an object. */
export function airflowProperties(body: JsonObject): JsonObject | undefined {
  const properties = body['properties'];
  const typeProperties = isJsonObject(properties) ? properties['typeProperties'] : undefined;
  const airflow = isJsonObject(typeProperties) ? typeProperties['airflowProperties'] : undefined;
  return isJsonObject(airflow) ? airflow : undefined;
}
